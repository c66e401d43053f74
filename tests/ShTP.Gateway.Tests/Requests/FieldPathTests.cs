using System.Buffers;
using Google.Protobuf;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;

namespace ShTP.Gateway.Tests.Requests;

public sealed class FieldPathTests
{
    private const string Int32Fault = "must be a whole number between -2147483648 and 2147483647";
    private const string UInt32Fault = "must be a whole number between 0 and 4294967295";
    private const string Int64Fault = "must be a whole number between -9223372036854775808 and 9223372036854775807";
    private const string UInt64Fault = "must be a whole number between 0 and 18446744073709551615";
    private const string TimeFault = "must be a time such as 2023-09-01T10:00:00.123456, in UTC unless it names a zone, of the years 0001 to 9999";

    private static readonly MessagePlan Plan = MessagePlan.For(Kitchen.V1.Kitchen.Descriptor);

    [Theory]
    [InlineData("aInt32", "-2147483648", """{ "aInt32": -2147483648 }""")]
    [InlineData("a_int32", "1e3", """{ "aInt32": 1000 }""")]
    [InlineData("aInt64", "9223372036854775807", """{ "aInt64": "9223372036854775807" }""")]
    [InlineData("aUint32", "4294967295", """{ "aUint32": 4294967295 }""")]
    [InlineData("aUint64", "18446744073709551615", """{ "aUint64": "18446744073709551615" }""")]
    [InlineData("aSint32", "-1", """{ "aSint32": -1 }""")]
    [InlineData("aSint64", "-9223372036854775808", """{ "aSint64": "-9223372036854775808" }""")]
    [InlineData("aFixed32", "7", """{ "aFixed32": 7 }""")]
    [InlineData("aFixed64", "7", """{ "aFixed64": "7" }""")]
    [InlineData("aSfixed32", "-7", """{ "aSfixed32": -7 }""")]
    [InlineData("aSfixed64", "-7", """{ "aSfixed64": "-7" }""")]
    [InlineData("aFloat", "1.5", """{ "aFloat": 1.5 }""")]
    [InlineData("aDouble", "-2.5e-3", """{ "aDouble": -0.0025 }""")]
    [InlineData("aDouble", "NaN", """{ "aDouble": "NaN" }""")]
    [InlineData("aFloat", "-Infinity", """{ "aFloat": "-Infinity" }""")]
    [InlineData("aBool", "true", """{ "aBool": true }""")]
    [InlineData("aBool", "Yes", """{ "aBool": true }""")]
    [InlineData("aBool", "1", """{ "aBool": true }""")]
    [InlineData("aBool", "off", """{ }""")]
    [InlineData("aString", "Привет", """{ "aString": "Привет" }""")]
    [InlineData("aString", "null", """{ "aString": "null" }""")]
    [InlineData("aBytes", "-_8", """{ "aBytes": "+/8=" }""")]
    [InlineData("taste", "sweet", """{ "taste": "TASTE_SWEET" }""")]
    [InlineData("taste", "TASTE_SWEET", """{ "taste": "TASTE_SWEET" }""")]
    [InlineData("taste", "1", """{ "taste": "TASTE_SWEET" }""")]
    [InlineData("taste", "-1", """{ "taste": "TASTE_NEGATIVE" }""")]
    [InlineData("optInt32", "0", """{ "optInt32": 0 }""")]
    [InlineData("optString", "", """{ "optString": "" }""")]
    [InlineData("at", "2023-09-01T13:00:00.5+03:00", """{ "at": "2023-09-01T10:00:00.500Z" }""")]
    [InlineData("took", "1.5s", """{ "took": "1.500s" }""")]
    [InlineData("mask", "aB,c.dE", """{ "mask": "aB,c.dE" }""")]
    [InlineData("wInt64", "5", """{ "wInt64": "5" }""")]
    [InlineData("wString", "", """{ "wString": "" }""")]
    [InlineData("wBool", "true", """{ "wBool": true }""")]
    [InlineData("wDouble", "0.5", """{ "wDouble": 0.5 }""")]
    [InlineData("wBytes", "AQ==", """{ "wBytes": "AQ==" }""")]
    [InlineData("other_Name", "x", """{ "other_Name": "x" }""")]
    [InlineData("renamed", "x", """{ "other_Name": "x" }""")]
    [InlineData("nested.nested.aInt32", "3", """{ "nested": { "nested": { "aInt32": 3 } } }""")]
    [InlineData("nested.choice_nested.a_string", "", """{ "nested": { "choiceNested": { } } }""")]
    [InlineData("far", "x", """{ "far": "x" }""")]
    public void AppendText_RightText_IsTheField(string path, string text, string expected) =>
        Assert.Equal(expected, JsonFormatter.Default.Format(Read(Append((path, text)))));

    [Theory]
    [InlineData("a_int32", "2147483648", "aInt32", Int32Fault)]
    [InlineData("aInt32", "1.5", "aInt32", Int32Fault)]
    [InlineData("aInt32", "", "aInt32", Int32Fault)]
    [InlineData("aInt32", " 1", "aInt32", Int32Fault)]
    [InlineData("aInt32", "+1", "aInt32", Int32Fault)]
    [InlineData("aInt32", "01", "aInt32", Int32Fault)]
    [InlineData("aInt32", "٣", "aInt32", Int32Fault)]
    [InlineData("aInt32", "NaN", "aInt32", Int32Fault)]
    [InlineData("aSint32", "x", "aSint32", Int32Fault)]
    [InlineData("aSfixed32", "-2147483649", "aSfixed32", Int32Fault)]
    [InlineData("aUint32", "-1", "aUint32", UInt32Fault)]
    [InlineData("aFixed32", "4294967296", "aFixed32", UInt32Fault)]
    [InlineData("aInt64", "9223372036854775808", "aInt64", Int64Fault)]
    [InlineData("aSint64", "-9223372036854775809", "aSint64", Int64Fault)]
    [InlineData("aSfixed64", "0x1", "aSfixed64", Int64Fault)]
    [InlineData("aUint64", "18446744073709551616", "aUint64", UInt64Fault)]
    [InlineData("aFixed64", "-1", "aFixed64", UInt64Fault)]
    [InlineData("aFloat", "1e39", "aFloat", "is too large for a 32-bit number")]
    [InlineData("aDouble", "1e400", "aDouble", "is too large for a number")]
    [InlineData("aDouble", "nan", "aDouble", "must be a number")]
    [InlineData("aBool", "maybe", "aBool", "must be true or false")]
    [InlineData("aBool", "", "aBool", "must be true or false")]
    [InlineData("aBytes", "a b", "aBytes", "must be base64")]
    [InlineData("taste", "salty", "taste", "must be one of plain, sweet, TASTE_ODD, TASTE_NEGATIVE")]
    [InlineData("taste", "7", "taste", "must be one of plain, sweet, TASTE_ODD, TASTE_NEGATIVE")]
    [InlineData("at", "yesterday", "at", TimeFault)]
    [InlineData("took", "1.5", "took", "must be a duration in seconds such as 1.5s")]
    [InlineData("mask", "a_b", "mask", "must be field paths such as name,socialLinks.github")]
    [InlineData("wInt64", "x", "wInt64", Int64Fault)]
    [InlineData("nested.many_int32", "x", "nested.manyInt32", Int32Fault)]
    public void AppendText_WrongText_NamesTheFieldAndWritesNothing(string path, string text, string field, string fault)
    {
        using var output = new PooledBuffer();
        output.Write("before"u8);
        var refused = Assert.Throws<RequestFormatException>(() => FieldPath.Parse(Plan, path).AppendText(text, output));
        Assert.Equal((field, fault, false), (refused.Field, refused.Detail, refused.IsSyntax));
        Assert.Equal("before"u8, output.WrittenSpan);
    }

    [Fact]
    public void AppendText_HalfASurrogatePair_IsRefused()
    {
        using var output = new PooledBuffer();
        var refused = Assert.Throws<RequestFormatException>(() => FieldPath.Parse(Plan, "renamed").AppendText("\ud800", output));
        Assert.Equal(("other_Name", "must be valid Unicode"), (refused.Field, refused.Detail));
    }

    [Fact]
    public void AppendText_TooLong_IsRefused()
    {
        var path = FieldPath.Parse(Plan, "aString");
        var longest = new string('я', 16 * 1024);
        Assert.Equal(longest, Read(Append(("aString", longest))).AString);
        using var output = new PooledBuffer();
        var refused = Assert.Throws<RequestFormatException>(() => path.AppendText(longest + "x", output));
        Assert.Equal(("aString", "must have at most 16384 characters"), (refused.Field, refused.Detail));
    }

    [Fact]
    public void AppendText_RepeatedFields_GetOneElementEach()
    {
        var message = Read(Append(("manyInt32", "1"), ("unpacked", "3"), ("many_int32", "0"), ("manyString", "a"), ("manyString", ""), ("manyTaste", "sweet"), ("manyAt", "2020-01-01 00:00"), ("nested.manyBytes", "AQ"), ("nested.manyBytes", "Ag")));
        Assert.Equal([1, 0], message.ManyInt32);
        Assert.Equal([3], message.Unpacked);
        Assert.Equal(["a", ""], message.ManyString);
        Assert.Equal([Kitchen.V1.Taste.Sweet], message.ManyTaste);
        Assert.Equal(1577836800, Assert.Single(message.ManyAt).Seconds);
        Assert.Equal(["AQ==", "Ag=="], message.Nested.ManyBytes.Select(bytes => bytes.ToBase64()));
    }

    [Fact]
    public void AppendText_BehindABody_ReplacesScalarsAndMergesMessages()
    {
        var body = new Kitchen.V1.Kitchen { AInt32 = 5, AString = "kept", Nested = new Kitchen.V1.Kitchen { AInt32 = 6, AString = "kept too" } };
        var message = Read([.. body.ToByteArray(), .. Append(("aInt32", "0"), ("nested.aInt32", "7"))]);
        Assert.Equal((0, "kept", 7, "kept too"), (message.AInt32, message.AString, message.Nested.AInt32, message.Nested.AString));
    }

    [Theory]
    [InlineData("nothing", "'shtp.kitchen.v1.Kitchen' has no field 'nothing'")]
    [InlineData("", "'shtp.kitchen.v1.Kitchen' has no field ''")]
    [InlineData("nested.", "'shtp.kitchen.v1.Kitchen' has no field ''")]
    [InlineData("nested", "'shtp.kitchen.v1.Kitchen.nested' cannot be given as one text")]
    [InlineData("byString", "'shtp.kitchen.v1.Kitchen.by_string' cannot be given as one text")]
    [InlineData("byString.value", "'shtp.kitchen.v1.Kitchen.by_string' has no fields that a path can name")]
    [InlineData("manyNested.aInt32", "'shtp.kitchen.v1.Kitchen.many_nested' has no fields that a path can name")]
    [InlineData("aInt32.x", "'shtp.kitchen.v1.Kitchen.a_int32' has no fields that a path can name")]
    [InlineData("at.seconds", "'shtp.kitchen.v1.Kitchen.at' has no fields that a path can name")]
    [InlineData("object", "'shtp.kitchen.v1.Kitchen.object' cannot be given as one text")]
    [InlineData("any", "'shtp.kitchen.v1.Kitchen.any' cannot be given as one text")]
    public void Parse_NoSuchField_SaysWhy(string dotted, string fault) =>
        Assert.StartsWith(fault, Assert.Throws<ArgumentException>(() => FieldPath.Parse(Plan, dotted)).Message, StringComparison.Ordinal);

    private static byte[] Append(params (string Path, string Text)[] values)
    {
        using var output = new PooledBuffer();
        foreach (var (path, text) in values)
            FieldPath.Parse(Plan, path).AppendText(text, output);
        return output.WrittenSpan.ToArray();
    }

    private static Kitchen.V1.Kitchen Read(byte[] wire) => Kitchen.V1.Kitchen.Parser.ParseFrom(wire);
}
