using System.Text;
using System.Text.Json.Nodes;
using ShTP.Events.Feed;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class FeedDocumentTests
{
    [Fact]
    public void Read_EmptyList_IsGood() => Assert.Empty(Read("""{"data":{"events":[]},"errors":null,"extensions":{}}"""));

    [Fact]
    public void Read_FiveHundred_AreGoodAndOneMoreIsNot()
    {
        Assert.Equal(500, Read(FeedSystem.Document([.. Enumerable.Range(0, 500).Select(i => FeedSystem.Event(i))])).Count);
        Refused("the answer has more than 500 events", FeedSystem.Document([.. Enumerable.Range(0, 501).Select(i => FeedSystem.Event(i))]));
    }

    [Theory]
    [InlineData("[]", "the answer is not an object")]
    [InlineData("null", "the answer is not an object")]
    [InlineData("{}", "the answer has no data.events")]
    [InlineData("""{"data":null}""", "the answer has no data.events")]
    [InlineData("""{"data":{"events":{}}}""", "the answer has no data.events")]
    [InlineData("""{"data":{"events":[1]}}""", "events[0] is not an object")]
    [InlineData("""{"data":{"events":[]},"data":{"events":[]}}""", "the answer is not JSON, or not all of it")]
    [InlineData("""{"data":{"events":[]}} x""", "the answer is not JSON, or not all of it")]
    [InlineData("""{"data":{"events":[{"id":1,"date":"2026-01-01T00:00:00Z","title":"\ud800"}]}}""", "the answer has text that is not Unicode")]
    [InlineData("[[[[[[[[[[]]]]]]]]]]", "the answer is not JSON, or not all of it")]
    public void Read_AnotherShape_IsRefused(string document, string fault) => Refused(fault, document);

    [Fact]
    public void Read_SameIdTwice_IsRefused() => Refused("two events have the same id", FeedSystem.Document(FeedSystem.Event(1), FeedSystem.Event(1)));

    [Theory]
    [InlineData("id", "1.5", "is not an integer")]
    [InlineData("id", "2147483648", "is not an integer")]
    [InlineData("id", "null", "is not an integer")]
    [InlineData("title", "null", "is not text")]
    [InlineData("title", "\"\"", "does not have 1 to 500 printable characters")]
    [InlineData("title", "\"a\\u0000b\"", "does not have 1 to 500 printable characters")]
    [InlineData("organizer", "[]", "is not text")]
    [InlineData("audience", "9", "is not text")]
    [InlineData("seatsPropotion", "\"many\"", "is not \"taken/all\"")]
    [InlineData("seatsPropotion", "\"1/2\\n\"", "is not \"taken/all\"")]
    [InlineData("date", "\"2026-09-01\"", "is not an ISO 8601 time with a zone")]
    [InlineData("date", "\"2026-09-01T10:00:00\"", "is not an ISO 8601 time with a zone")]
    [InlineData("startTime", "\"2026-13-01T10:00:00Z\"", "is not an ISO 8601 time with a zone")]
    [InlineData("finishTime", "1756720800", "is not text")]
    public void Read_WrongField_IsRefused(string field, string value, string fault)
    {
        var document = JsonNode.Parse(FeedSystem.Document(FeedSystem.Event(1), FeedSystem.Event(2)))!;
        var row = document["data"]!["events"]![1]!.AsObject();
        row[field] = JsonNode.Parse(value);
        Refused($"events[1].{field} {fault}", document.ToJsonString());
        row.Remove(field);
        Assert.StartsWith($"events[1].{field} is not ", Assert.Throws<FeedException>(() => Read(document.ToJsonString())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooLongTexts_AreRefused() =>
        Refused("events[0].title does not have 1 to 500 printable characters", FeedSystem.Document(FeedSystem.Event(1, new string('x', 501))));

    private static List<FeedEntry> Read(string document) => FeedDocument.Read(Encoding.UTF8.GetBytes(document));

    private static void Refused(string fault, string document) => Assert.Equal(fault, Assert.Throws<FeedException>(() => Read(document)).Message);
}
