using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;

namespace ShTP.Gateway.Tests.Codecs;

public sealed class JsonToWireTests
{
    [Theory]
    [InlineData("""{"title":"x"}""", "")]
    [InlineData("""{"seats":null,"registrationOpensAt":null}""", "seats,registrationOpensAt")]
    [InlineData("""{"registration_closes_at":null,"forGroups":[]}""", "registrationClosesAt,forGroups")]
    [InlineData("""{"title":null,"startsAt":null,"forGroups":null,"cleared":null}""", "")]
    [InlineData("""{"forGroups":["a"],"seats":0}""", "")]
    [InlineData("""{"seats":null,"seats":3}""", "")]
    [InlineData("""{"seats":3,"seats":null}""", "seats")]
    [InlineData("""{"cleared":["seats"],"forGroups":[]}""", "seats,forGroups")]
    public void Convert_NullOrEmptyWhereThatIsSaidToClear_NamesTheField(string json, string cleared)
    {
        using var wire = new PooledBuffer();
        var method = ShTP.Protos.Contract.ShTP.FindMethod("/shtp.events.v1.EventsService/UpdateEvent")!;
        JsonToWire.Convert(Encoding.UTF8.GetBytes(json), MessagePlan.For(method.InputType), wire);
        Assert.Equal(cleared, string.Join(',', ShTP.Events.V1.UpdateEventRequest.Parser.ParseFrom(wire.WrittenSpan).Cleared));
    }

    private static readonly MessagePlan Plan = MessagePlan.For(Kitchen.V1.Kitchen.Descriptor);

    [Theory]
    [InlineData("""{}""", """{ }""")]
    [InlineData(" \t\r\n{ \"aInt32\" :\n1 , \"aBool\":true }\n", """{ "aInt32": 1, "aBool": true }""")]
    // Null is absence.
    [InlineData("""{"aInt32":null,"nested":null,"manyInt32":null,"byString":null,"optInt32":null,"choiceInt":null,"at":null,"wInt64":null,"taste":null,"any":null,"mask":null,"list":null,"object":null,"empty":null}""", """{ }""")]
    // Except where it is a value.
    [InlineData("""{"value":null}""", """{ "value": null }""")]
    [InlineData("""{"list":[null]}""", """{ "list": [ null ] }""")]
    [InlineData("""{"object":{"a":null}}""", """{ "object": { "a": null } }""")]
    [InlineData("""{"values":{"a":null}}""", """{ "values": { "a": null } }""")]
    // Zeros: nothing without presence, kept with it.
    [InlineData("""{"aInt32":0,"aInt64":"0","aString":"","aBool":false,"taste":"plain","aBytes":"","aDouble":0.0,"manyInt32":[],"byString":{}}""", """{ }""")]
    [InlineData("""{"optInt32":0,"optString":"","optTaste":"plain"}""", """{ "optInt32": 0, "optString": "", "optTaste": "TASTE_PLAIN" }""")]
    [InlineData("""{"choiceInt":0}""", """{ "choiceInt": 0 }""")]
    [InlineData("""{"wInt64":0,"wString":"","wBool":false,"nested":{}}""", """{ "nested": { }, "wInt64": "0", "wString": "", "wBool": false }""")]
    [InlineData("""{"manyInt32":[0,1,0],"unpacked":[0],"manyString":[""],"manyNested":[{}]}""", """{ "manyInt32": [ 0, 1, 0 ], "unpacked": [ 0 ], "manyString": [ "" ], "manyNested": [ { } ] }""")]
    // Numbers.
    [InlineData("""{"aInt64":"-9223372036854775808"}""", """{ "aInt64": "-9223372036854775808" }""")]
    [InlineData("""{"aInt64":9223372036854775807}""", """{ "aInt64": "9223372036854775807" }""")]
    [InlineData("""{"aUint64":18446744073709551615}""", """{ "aUint64": "18446744073709551615" }""")]
    [InlineData("""{"aInt64":9007199254740993.0}""", """{ "aInt64": "9007199254740993" }""")]
    [InlineData("""{"aInt32":"12","aUint32":"1.0","aSint32":1e3,"aFixed32":1000e-3,"aSfixed32":-0}""", """{ "aInt32": 12, "aUint32": 1, "aSint32": 1000, "aFixed32": 1 }""")]
    [InlineData("""{"aDouble":"1.5","aFloat":"NaN"}""", """{ "aFloat": "NaN", "aDouble": 1.5 }""")]
    [InlineData("""{"manyDouble":["Infinity","-Infinity","NaN",1E2]}""", """{ "manyDouble": [ "Infinity", "-Infinity", "NaN", 100 ] }""")]
    [InlineData("""{"aInt32":"\u0031\u0032"}""", """{ "aInt32": 12 }""")]
    // Enums by json_value, by name, by number.
    [InlineData("""{"manyTaste":["sweet","TASTE_SWEET",1,"TASTE_ODD","\u0073weet",-1,2.0]}""", """{ "manyTaste": [ "TASTE_SWEET", "TASTE_SWEET", "TASTE_SWEET", "TASTE_ODD", "TASTE_SWEET", "TASTE_NEGATIVE", "TASTE_ODD" ] }""")]
    // Names.
    [InlineData("""{"a_int32":1,"other_Name":"x"}""", """{ "aInt32": 1, "other_Name": "x" }""")]
    [InlineData("""{"renamed":"x","\u0061Int32":1}""", """{ "aInt32": 1, "other_Name": "x" }""")]
    [InlineData("""{"AINT32":1,"nothing":{"a":[1,{"b":null}],"c":"\ud83d\ude00"},"far":"x"}""", """{ "far": "x" }""")]
    // A name that comes twice.
    [InlineData("""{"aInt32":1,"aInt32":2}""", """{ "aInt32": 2 }""")]
    [InlineData("""{"aInt32":1,"a_int32":null}""", """{ }""")]
    [InlineData("""{"aInt32":1,"a_int32":0}""", """{ }""")]
    [InlineData("""{"nested":{"aInt32":1,"aInt32":3},"nested":{"aString":"x"}}""", """{ "nested": { "aString": "x" } }""")]
    [InlineData("""{"manyInt32":[1,2],"manyInt32":[3]}""", """{ "manyInt32": [ 3 ] }""")]
    [InlineData("""{"byString":{"a":1,"b":5,"a":2}}""", """{ "byString": { "a": 2, "b": 5 } }""")]
    [InlineData("""{"choiceInt":1,"choiceInt":null,"choiceString":"x"}""", """{ "choiceString": "x" }""")]
    // Strings.
    [InlineData("""{"aString":"\u041f\"\\\/\b\f\n\r\t"}""", "{ \"aString\": \"П\\\"\\\\/\\b\\f\\n\\r\\t\" }")]
    // Base64 in both alphabets, padded or not.
    [InlineData("""{"manyBytes":["AQ==","AQ","-_8=","-_8","+/8=","+/8",""]}""", """{ "manyBytes": [ "AQ==", "AQ==", "+/8=", "+/8=", "+/8=", "+/8=", "" ] }""")]
    // Maps.
    [InlineData("""{"byInt32":{"-5":{"aInt32":1}},"byBool":{"true":"x"},"byUint64":{"18446744073709551615":"sweet"}}""", """{ "byInt32": { "-5": { "aInt32": 1 } }, "byBool": { "true": "x" }, "byUint64": { "18446744073709551615": "TASTE_SWEET" } }""")]
    [InlineData("""{"byString":{"":0}}""", """{ "byString": { "": 0 } }""")]
    // Well-known types.
    [InlineData("""{"object":{"a":[1,"x",true,null,{"b":1.5}],"c":{}}}""", """{ "object": { "a": [ 1, "x", true, null, { "b": 1.5 } ], "c": { } } }""")]
    [InlineData("""{"value":"NaN","list":[[],{}],"values":{"k":-0.5}}""", """{ "value": "NaN", "list": [ [ ], { } ], "values": { "k": -0.5 } }""")]
    [InlineData("""{"empty":{"whatever":[1]},"mask":"aB,c.dE"}""", """{ "mask": "aB,c.dE", "empty": { } }""")]
    [InlineData("""{"mask":""}""", """{ "mask": "" }""")]
    public void Convert_Accepted_IsTheMessage(string json, string expected) =>
        Assert.Equal(expected, JsonFormatter.Default.Format(Read(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("2023-09-01T10:00:00.123456", 1693562400, 123456000)]
    [InlineData("2023-09-01T10:00:00.123456789Z", 1693562400, 123456789)]
    [InlineData("2023-09-01t10:00:00z", 1693562400, 0)]
    [InlineData("2023-09-01 10:00:00.5", 1693562400, 500000000)]
    [InlineData("2023-09-01T10:00", 1693562400, 0)]
    [InlineData("2023-09-01T10:00Z", 1693562400, 0)]
    [InlineData("2023-09-01T13:30:00+03:30", 1693562400, 0)]
    [InlineData("2023-09-01T00:00:00-10:00", 1693562400, 0)]
    [InlineData("2024-02-29T00:00:00", 1709164800, 0)]
    [InlineData("1969-12-31T23:59:59.999999", -1, 999999000)]
    [InlineData("0001-01-01T00:00:00", -62135596800, 0)]
    [InlineData("9999-12-31T23:59:59.999999999", 253402300799, 999999999)]
    public void Convert_Time_IsUtc(string text, long seconds, int nanos) =>
        Assert.Equal(new Timestamp { Seconds = seconds, Nanos = nanos }, Read(Encoding.UTF8.GetBytes($$"""{"at":"{{text}}"}""")).At);

    [Theory]
    [InlineData("0s", 0, 0)]
    [InlineData("1.5s", 1, 500000000)]
    [InlineData("-0.000000001s", 0, -1)]
    [InlineData("-3.25s", -3, -250000000)]
    [InlineData("315576000000s", 315576000000, 0)]
    public void Convert_Duration_IsExact(string text, long seconds, int nanos) =>
        Assert.Equal(new Duration { Seconds = seconds, Nanos = nanos }, Read(Encoding.UTF8.GetBytes($$"""{"took":"{{text}}"}""")).Took);

    [Fact]
    public void Convert_Defaults_WriteNothing()
    {
        using var wire = new PooledBuffer();
        JsonToWire.Convert("""{"aInt32":0,"aString":"","taste":"plain","manyInt32":[],"byString":{},"nested":null}"""u8, Plan, wire);
        Assert.Equal(0, wire.WrittenCount);
    }

    [Fact]
    public void Convert_Any_HoldsTheMessage()
    {
        var message = Read("""{"any":{"name":"x","@type":"type.googleapis.com/shtp.api.v1.UploadedFile","size":"5"}}"""u8).Any;
        Assert.Equal(new UploadedFile { Name = "x", Size = 5 }, message.Unpack<UploadedFile>());
        var time = Read("""{"any":{"@type":"type.googleapis.com/google.protobuf.Timestamp","value":"1970-01-01T00:00:07"}}"""u8).Any;
        Assert.Equal(7, time.Unpack<Timestamp>().Seconds);
    }

    [Fact]
    public void Convert_ByteOrderMark_IsSkippedAtTheStartOnly()
    {
        Assert.Equal(1, Read("\uFEFF{\"aInt32\":1}"u8).AInt32);
        Assert.True(Assert.Throws<RequestFormatException>(() => Read("\uFEFF\uFEFF{}"u8)).IsSyntax);
    }

    [Fact]
    public void Convert_ZeroCharacter_IsKept() => Assert.Equal("a\0b", Read("""{"aString":"a\u0000b"}"""u8).AString);

    [Theory]
    [InlineData("[", "]", 31)]
    [InlineData("{\"a\":", "}", 20)]
    public void Convert_DeepValue_AcceptedAsFarAsServicesAndAnswersGo(string open, string close, int deepest)
    {
        string Document(int depth) => $$"""{"value":{{string.Concat(Enumerable.Repeat(open, depth))}}1{{string.Concat(Enumerable.Repeat(close, depth))}}}""";
        var message = Read(Encoding.UTF8.GetBytes(Document(deepest)));
        using var json = new PooledBuffer();
        WireToJson.Convert(new Kitchen.V1.Kitchen { Nested = new Kitchen.V1.Kitchen { ManyNested = { message } } }.ToByteArray(), Plan, json);
        var refused = Assert.Throws<RequestFormatException>(() => Read(Encoding.UTF8.GetBytes(Document(deepest + 1))));
        Assert.True(refused.IsSyntax);
        Assert.EndsWith("nests too deep", refused.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"nested\":{", 63)]
    [InlineData("\"byInt32\":{\"1\":{", 31)]
    public void Convert_DeepMessage_AcceptedAsFarAsServicesGo(string open, int deepest)
    {
        string Document(int depth) => "{" + string.Concat(Enumerable.Repeat(open, depth)) + new string('}', (depth * open.Count(unit => unit == '{')) + 1);
        Assert.NotNull(Read(Encoding.UTF8.GetBytes(Document(deepest))));
        Assert.EndsWith("nests too deep", Assert.Throws<RequestFormatException>(() => Read(Encoding.UTF8.GetBytes(Document(deepest + 1)))).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_DeepUnknownValue_IsBoundedToo()
    {
        string Document(int depth) => $$"""{"nothing":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        Assert.NotNull(Read(Encoding.UTF8.GetBytes(Document(63))));
        Assert.True(Assert.Throws<RequestFormatException>(() => Read(Encoding.UTF8.GetBytes(Document(64)))).IsSyntax);
        Assert.True(Assert.Throws<RequestFormatException>(() => Read(Encoding.UTF8.GetBytes(Document(1_000_000)))).IsSyntax);
    }

    [Theory]
    [InlineData("manyInt32", "[1,2]", """{ "manyInt32": [ 1, 2 ] }""")]
    [InlineData("manyInt32", "[]", """{ }""")]
    [InlineData("manyNested", """[{"aInt32":1},{}]""", """{ "manyNested": [ { "aInt32": 1 }, { } ] }""")]
    [InlineData("nested", """{"aInt32":1}""", """{ "nested": { "aInt32": 1 } }""")]
    [InlineData("nested", "{}", """{ "nested": { } }""")]
    [InlineData("nested", " null ", """{ }""")]
    [InlineData("manyInt32", "null", """{ }""")]
    [InlineData("byString", """{"a":1}""", """{ "byString": { "a": 1 } }""")]
    [InlineData("aString", "\"x\"", """{ "aString": "x" }""")]
    [InlineData("value", "null", """{ "value": null }""")]
    [InlineData("value", "[1]", """{ "value": [ 1 ] }""")]
    [InlineData("at", "\"1970-01-01T00:00:01\"", """{ "at": "1970-01-01T00:00:01Z" }""")]
    public void ConvertField_Value_IsTheField(string field, string json, string expected)
    {
        using var wire = new PooledBuffer();
        JsonToWire.ConvertField(Encoding.UTF8.GetBytes(json), Plan.FindField(field)!, wire);
        Assert.Equal(expected, JsonFormatter.Default.Format(Kitchen.V1.Kitchen.Parser.ParseFrom(wire.WrittenSpan)));
    }

    [Theory]
    [InlineData("manyInt32", "[1,\"x\"]", "manyInt32[1]", false)]
    [InlineData("manyInt32", "{}", "manyInt32", false)]
    [InlineData("nested", """{"aBool":1}""", "nested.aBool", false)]
    [InlineData("nested", "[]", "nested", false)]
    [InlineData("nested", """{"aBool":}""", "nested.aBool", true)]
    [InlineData("nested", "", "nested", true)]
    public void ConvertField_Faulty_NamesTheFieldFirst(string field, string json, string path, bool isSyntax)
    {
        using var wire = new PooledBuffer();
        var refused = Assert.Throws<RequestFormatException>(() => JsonToWire.ConvertField(Encoding.UTF8.GetBytes(json), Plan.FindField(field)!, wire));
        Assert.Equal((path, isSyntax), (refused.Field, refused.IsSyntax));
        Assert.Equal(0, wire.WrittenCount);
    }

    private static Kitchen.V1.Kitchen Read(ReadOnlySpan<byte> json)
    {
        using var wire = new PooledBuffer();
        JsonToWire.Convert(json, Plan, wire);
        WireValidator.Check(wire.WrittenSpan, Plan);
        return Kitchen.V1.Kitchen.Parser.ParseFrom(wire.WrittenSpan);
    }
}
