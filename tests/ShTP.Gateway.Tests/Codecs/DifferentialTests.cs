using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ShTP.Transcoding.Codecs;

namespace ShTP.Gateway.Tests.Codecs;

public sealed class DifferentialTests
{
    private const int Messages = 1500;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, MaxDepth = 200 };
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 200 };
    private static readonly MessagePlan Plan = MessagePlan.For(Kitchen.V1.Kitchen.Descriptor);

    [Fact]
    public void WireToJson_RandomMessage_EqualsGooglesJsonWithOurDifferences()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var message = new RandomMessages(seed).Kitchen();
            using var json = new PooledBuffer();
            WireToJson.Convert(message.ToByteArray(), Plan, json);
            Oracle.AssertSame(Oracle.Expected(message), Oracle.Normal(json.WrittenSpan), seed);
        }
    }

    [Fact]
    public void WireToJson_FieldsSplitAndOutOfOrder_EqualsTheMergedMessage()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var random = new RandomMessages(seed);
            byte[] wire = [.. random.Kitchen().ToByteArray(), .. random.Kitchen().ToByteArray(), .. random.Kitchen().ToByteArray()];
            var merged = Kitchen.V1.Kitchen.Parser.ParseFrom(wire);
            using var json = new PooledBuffer();
            WireToJson.Convert(wire, Plan, json);
            Oracle.AssertSame(FuzzTests.WithoutWrappers(Oracle.Expected(merged)), FuzzTests.WithoutWrappers(Oracle.Normal(json.WrittenSpan)), seed);
        }
    }

    [Fact]
    public void JsonToWire_OwnJson_GivesTheMessageBack()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var message = AsSent(seed);
            using var json = new PooledBuffer();
            WireToJson.Convert(message.ToByteArray(), Plan, json);
            AssertReads(WithNulls(message), json.WrittenSpan, seed);
        }
    }

    [Fact]
    public void JsonToWire_OraclesJsonInAnySpelling_IsAcceptedAndGivesTheMessageBack()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var message = AsSent(seed);
            var json = Oracle.Expected(message);
            WithNulls(message);
            AssertReads(message, Encoding.UTF8.GetBytes(json), seed);
            // Indented, every character beyond ASCII escaped, members in another order.
            AssertReads(message, Encoding.UTF8.GetBytes(Reversed(JsonNode.Parse(json, documentOptions: Deep))!.ToJsonString(Indented)), seed);
        }
    }

    [Fact]
    public void JsonToWire_GooglesJson_EqualsGooglesParser()
    {
        for (var seed = 0; seed < Messages; seed++)
        {
            var message = new RandomMessages(seed).Kitchen();
            var json = JsonFormatter.Default.Format(message);
            using var wire = new PooledBuffer();
            JsonToWire.Convert(Encoding.UTF8.GetBytes(json), Plan, wire);
            Assert.True(JsonParser.Default.Parse<Kitchen.V1.Kitchen>(json).Equals(Kitchen.V1.Kitchen.Parser.ParseFrom(wire.WrittenSpan)), $"seed {seed}\n{json}");
        }
    }
    /// <summary>Google does not send the sign of a zero, so the message is what its bytes say.</summary>
    private static Kitchen.V1.Kitchen AsSent(int seed) => Kitchen.V1.Kitchen.Parser.ParseFrom(new RandomMessages(seed).Kitchen().ToByteArray());

    /// <summary>The one ambiguity: answers spell an unset Value as null, and null is a value of it. Nothing else may change.</summary>
    private static Kitchen.V1.Kitchen WithNulls(Kitchen.V1.Kitchen message)
    {
        message.Value ??= Value.ForNull();
        foreach (var nested in new[] { message.Nested, message.ChoiceNested }.Concat(message.ManyNested).Concat(message.ByInt32.Values).OfType<Kitchen.V1.Kitchen>())
            WithNulls(nested);
        return message;
    }

    private static void AssertReads(Kitchen.V1.Kitchen expected, ReadOnlySpan<byte> json, int seed)
    {
        using var wire = new PooledBuffer();
        JsonToWire.Convert(json, Plan, wire);
        var read = Kitchen.V1.Kitchen.Parser.ParseFrom(wire.WrittenSpan);
        if (!expected.Equals(read))
            Assert.Fail($"seed {seed}\n{expected}\n{read}");
    }

    private static JsonNode? Reversed(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(member => KeyValuePair.Create(member.Key, Reversed(member.Value)))),
        JsonArray elements => new JsonArray([.. elements.Select(Reversed)]),
        _ => node?.DeepClone(),
    };
}
