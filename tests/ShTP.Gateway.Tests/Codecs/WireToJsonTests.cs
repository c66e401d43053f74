using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;
using ShTP.Transcoding.Codecs;
using ShTP.Kitchen.V1;

namespace ShTP.Gateway.Tests.Codecs;

public sealed class WireToJsonTests
{
    private static readonly MessagePlan Plan = MessagePlan.For(Kitchen.V1.Kitchen.Descriptor);

    private static readonly Dictionary<string, (Kitchen.V1.Kitchen Message, string Member, string? Json)> Cases = new()
    {
        ["plain text"] = (new() { AString = "Привет, 😀 </script> \u2028\u007f" }, "aString", "\"Привет, 😀 </script> \u2028\u007f\""),
        ["escapes"] = (new() { AString = "\"\\/\b\f\n\r\t\0\u001f" }, "aString", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\""),
        ["smallest int64"] = (new() { AInt64 = long.MinValue }, "aInt64", "\"-9223372036854775808\""),
        ["largest uint64"] = (new() { AUint64 = ulong.MaxValue }, "aUint64", "\"18446744073709551615\""),
        ["sint64"] = (new() { ASint64 = long.MinValue }, "aSint64", "\"-9223372036854775808\""),
        ["fixed64"] = (new() { AFixed64 = 1 }, "aFixed64", "\"1\""),
        ["smallest int32"] = (new() { AInt32 = int.MinValue }, "aInt32", "-2147483648"),
        ["sfixed32"] = (new() { ASfixed32 = -1 }, "aSfixed32", "-1"),
        ["double"] = (new() { ADouble = 0.1 }, "aDouble", "0.1"),
        ["float"] = (new() { AFloat = 0.1f }, "aFloat", "0.1"),
        ["NaN"] = (new() { ADouble = double.NaN }, "aDouble", "\"NaN\""),
        ["infinities"] = (new() { ManyDouble = { double.PositiveInfinity, double.NegativeInfinity } }, "manyDouble", "[\"Infinity\",\"-Infinity\"]"),
        ["bytes"] = (new() { ABytes = ByteString.CopyFrom(0xfb, 0xff) }, "aBytes", "\"+/8=\""),
        ["enums"] = (new() { ManyTaste = { Taste.Plain, Taste.Sweet, Taste.Odd, Taste.Negative, (Taste)99, (Taste)(-7) } }, "manyTaste", "[\"plain\",\"sweet\",\"TASTE_ODD\",\"TASTE_NEGATIVE\",99,-7]"),
        ["set optional zero"] = (new() { OptInt32 = 0 }, "optInt32", "0"),
        ["set oneof zero"] = (new() { ChoiceInt = 0 }, "choiceInt", "0"),
        ["whole second"] = (new() { At = new Timestamp { Seconds = 1693562400 } }, "at", "\"2023-09-01T10:00:00.000000\""),
        ["below a microsecond"] = (new() { At = new Timestamp { Seconds = 1693562400, Nanos = 123456999 } }, "at", "\"2023-09-01T10:00:00.123456\""),
        ["before 1970"] = (new() { At = new Timestamp { Seconds = -1, Nanos = 1000 } }, "at", "\"1969-12-31T23:59:59.000001\""),
        ["first time"] = (new() { At = new Timestamp { Seconds = -62135596800 } }, "at", "\"0001-01-01T00:00:00.000000\""),
        ["last time"] = (new() { At = new Timestamp { Seconds = 253402300799, Nanos = 999999999 } }, "at", "\"9999-12-31T23:59:59.999999\""),
        ["durations"] = (new() { Took = new Duration { Seconds = -3, Nanos = -250000000 } }, "took", "\"-3.250s\""),
        ["negative nanos"] = (new() { Took = new Duration { Nanos = -1 } }, "took", "\"-0.000000001s\""),
        ["no duration"] = (new() { Took = new Duration() }, "took", "\"0s\""),
        ["mask"] = (new() { Mask = new FieldMask { Paths = { "social_links.git_hub", "name" } } }, "mask", "\"socialLinks.gitHub,name\""),
        ["empty"] = (new() { Empty = new Empty() }, "empty", "{}"),
        ["wrapped zeros"] = (new() { WInt64 = 0 }, "wInt64", "\"0\""),
        ["struct"] = (new() { Object = new Struct { Fields = { ["a b"] = Value.ForList(Value.ForNull(), Value.ForNumber(1), Value.ForString("ж"), Value.ForBool(true), Value.ForStruct(new Struct())) } } }, "object", "{\"a b\":[null,1,\"ж\",true,{}]}"),
        ["value without kind"] = (new() { Value = new Value() }, "value", "null"),
        ["NaN in a value"] = (new() { Value = Value.ForNumber(double.NaN) }, "value", "\"NaN\""),
        ["empty list"] = (new() { List = new ListValue() }, "list", "[]"),
        ["int keys"] = (new() { ByInt32 = { [-5] = new() { AInt32 = 1 } } }, "byInt32", null),
        ["bool keys"] = (new() { ByBool = { [true] = "x", [false] = "" } }, "byBool", "{\"true\":\"x\",\"false\":\"\"}"),
        ["uint64 keys"] = (new() { ByUint64 = { [ulong.MaxValue] = Taste.Sweet } }, "byUint64", "{\"18446744073709551615\":\"sweet\"}"),
        ["escaped keys"] = (new() { ByString = { ["a\"\n"] = 0 } }, "byString", "{\"a\\\"\\n\":0}"),
        ["any"] = (new() { Any = Any.Pack(new Timestamp { Seconds = 1 }) }, "any", "{\"@type\":\"type.googleapis.com/google.protobuf.Timestamp\",\"value\":\"1970-01-01T00:00:01.000000\"}"),
        ["any of a message"] = (new() { Any = Any.Pack(new Internal { Callers = { "users" } }) }, "any", "{\"@type\":\"type.googleapis.com/shtp.api.v1.Internal\",\"callers\":[\"users\"]}"),
        ["empty any"] = (new() { Any = new Any() }, "any", "{}"),
        ["json_name"] = (new() { Renamed = "x" }, "other_Name", "\"x\""),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Convert_Value_IsSpelledSo(string name)
    {
        var (message, member, expected) = Cases[name];
        using var json = new PooledBuffer();
        WireToJson.Convert(message.ToByteArray(), Plan, json);
        using var document = JsonDocument.Parse(json.WrittenMemory);
        // The value of a message is the text of that message.
        Assert.Equal(expected ?? $$"""{"-5":{{Out(new Kitchen.V1.Kitchen { AInt32 = 1 })}}}""", document.RootElement.GetProperty(member).GetRawText());
    }

    [Fact]
    public void Convert_EmptyMessage_HasEveryFieldButOneofsInTheOrderOfNumbers()
    {
        const string Expected = """
            {"aInt32":0,"aInt64":"0","aUint32":0,"aUint64":"0","aSint32":0,"aSint64":"0","aFixed32":0,"aFixed64":"0","aSfixed32":0,"aSfixed64":"0","aFloat":0,"aDouble":0,"aBool":false,"aString":"","aBytes":"","taste":"plain","nested":null,"optInt32":null,"optString":null,"optTaste":null,"manyInt32":[],"unpacked":[],"manyString":[],"manyNested":[],"manyTaste":[],"manyDouble":[],"manyBytes":[],"byString":{},"byInt32":{},"byBool":{},"byUint64":{},"at":null,"took":null,"object":null,"value":null,"list":null,"mask":null,"empty":null,"wInt64":null,"wString":null,"wBool":null,"wDouble":null,"manyAt":[],"other_Name":"","manySint64":[],"values":{},"wBytes":null,"any":null,"far":""}
            """;
        Assert.Equal(Expected, Out(new Kitchen.V1.Kitchen()));
    }

    [Theory]
    [InlineData("manyInt32", "[1,2]")]
    [InlineData("unpacked", "[]")]
    [InlineData("byString", "{}")]
    [InlineData("nested", "null")]
    [InlineData("choiceInt", "null")]
    [InlineData("choiceString", "\"x\"")]
    [InlineData("aString", "\"\"")]
    [InlineData("at", "\"1970-01-01T00:00:01.000000\"")]
    [InlineData("optInt32", "null")]
    [InlineData("far", "\"f\"")]
    public void ConvertField_Field_IsItsValueAlone(string field, string expected)
    {
        var message = new Kitchen.V1.Kitchen { ManyInt32 = { 1, 2 }, ChoiceString = "x", At = new Timestamp { Seconds = 1 }, Far = "f" };
        using var json = new PooledBuffer();
        WireToJson.ConvertField(message.ToByteArray(), Plan.FindField(field)!, json);
        Assert.Equal(expected, Encoding.UTF8.GetString(json.WrittenSpan));
    }

    [Theory]
    [InlineData("08", "malformed protobuf: the message is cut off")]
    [InlineData("7203FFFE80", "malformed protobuf: a string is not UTF-8")]
    [InlineData("7203EDA080", "malformed protobuf: a string is not UTF-8")]
    [InlineData("720561", "malformed protobuf: the message is cut off")]
    [InlineData("9A020A08FFFFFFFFFFFFFFFF7F", "malformed protobuf: a timestamp is out of range")]
    [InlineData("A2020A08FFFFFFFFFFFFFFFF7F", "malformed protobuf: a duration is out of range")]
    [InlineData("9A03050A036E6F2F", "malformed protobuf: an Any holds a type that the contract does not have")]
    public void Convert_BrokenWire_IsRefusedAndWritesNothing(string hex, string fault)
    {
        using var json = new PooledBuffer();
        var refused = Assert.Throws<RequestFormatException>(() => WireToJson.Convert(Convert.FromHexString(hex), Plan, json));
        Assert.Equal((fault, true), (refused.Detail, refused.IsSyntax));
        Assert.Equal(0, json.WrittenCount);
    }

    [Fact]
    public void Convert_TooDeep_IsRefused()
    {
        var message = new Kitchen.V1.Kitchen();
        for (var depth = 1; depth < CodecLimits.MaxAnswerDepth; depth++)
            message = new Kitchen.V1.Kitchen { Nested = message };
        Assert.NotEmpty(Out(message));
        var refused = Assert.Throws<RequestFormatException>(() => Out(new Kitchen.V1.Kitchen { Nested = message }));
        Assert.Equal("malformed protobuf: messages nest too deep", refused.Detail);
    }

    private static string Out(Kitchen.V1.Kitchen message)
    {
        using var json = new PooledBuffer();
        WireToJson.Convert(message.ToByteArray(), Plan, json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
