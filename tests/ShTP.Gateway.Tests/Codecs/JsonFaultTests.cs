using System.Buffers;
using System.Text;
using ShTP.Transcoding.Codecs;

namespace ShTP.Gateway.Tests.Codecs;

public sealed class JsonFaultTests
{
    private const string Int32 = "must be a whole number between -2147483648 and 2147483647";
    private const string Int64 = "must be a whole number between -9223372036854775808 and 9223372036854775807";
    private const string Time = "must be a time such as 2023-09-01T10:00:00.123456, in UTC unless it names a zone, of the years 0001 to 9999";
    private const string Duration = "must be a duration in seconds such as 1.5s";
    private const string Taste = "must be one of plain, sweet, TASTE_ODD, TASTE_NEGATIVE";

    private static readonly MessagePlan Plan = MessagePlan.For(Kitchen.V1.Kitchen.Descriptor);

    [Theory]
    [InlineData("[]", null, "must be an object")]
    [InlineData("1", null, "must be an object")]
    [InlineData("\"x\"", null, "must be an object")]
    [InlineData("null", null, "must be an object")]
    [InlineData("""{"aInt32":"x"}""", "aInt32", Int32)]
    [InlineData("""{"aInt32":1.5}""", "aInt32", Int32)]
    [InlineData("""{"aInt32":2147483648}""", "aInt32", Int32)]
    [InlineData("""{"aInt32":1e99999999999}""", "aInt32", Int32)]
    [InlineData("""{"aInt32":true}""", "aInt32", Int32)]
    [InlineData("""{"aInt32":{}}""", "aInt32", Int32)]
    [InlineData("""{"aInt32":""}""", "aInt32", Int32)]
    [InlineData("""{"a_int32":" 1"}""", "a_int32", Int32)]
    [InlineData("""{"aInt64":9223372036854775808}""", "aInt64", Int64)]
    [InlineData("""{"aUint32":-1}""", "aUint32", "must be a whole number between 0 and 4294967295")]
    [InlineData("""{"aUint64":"18446744073709551616"}""", "aUint64", "must be a whole number between 0 and 18446744073709551615")]
    [InlineData("""{"aDouble":1e400}""", "aDouble", "is too large for a number")]
    [InlineData("""{"aDouble":"inf"}""", "aDouble", "must be a number")]
    [InlineData("""{"aFloat":1e39}""", "aFloat", "is too large for a 32-bit number")]
    [InlineData("""{"aBool":"true"}""", "aBool", "must be true or false")]
    [InlineData("""{"aBool":1}""", "aBool", "must be true or false")]
    [InlineData("""{"aString":1}""", "aString", "must be a string")]
    [InlineData("""{"aBytes":1}""", "aBytes", "must be base64")]
    [InlineData("""{"aBytes":"a"}""", "aBytes", "must be base64")]
    [InlineData("""{"aBytes":"A Q="}""", "aBytes", "must be base64")]
    [InlineData("""{"aBytes":"AQ==="}""", "aBytes", "must be base64")]
    [InlineData("""{"aBytes":"*"}""", "aBytes", "must be base64")]
    [InlineData("""{"taste":"salty"}""", "taste", Taste)]
    [InlineData("""{"taste":"Sweet"}""", "taste", Taste)]
    [InlineData("""{"taste":7}""", "taste", Taste)]
    [InlineData("""{"taste":"1"}""", "taste", Taste)]
    [InlineData("""{"taste":[]}""", "taste", Taste)]
    [InlineData("""{"manyInt32":1}""", "manyInt32", "must be an array")]
    [InlineData("""{"manyInt32":{"a":1}}""", "manyInt32", "must be an array")]
    [InlineData("""{"manyInt32":[1,null]}""", "manyInt32[1]", "must not be null")]
    [InlineData("""{"manyNested":[{},null]}""", "manyNested[1]", "must not be null")]
    [InlineData("""{"byString":[]}""", "byString", "must be an object")]
    [InlineData("""{"byString":{"a":null}}""", "byString.a", "must not be null")]
    [InlineData("""{"byInt32":{"x":{}}}""", "byInt32", "a key must be a whole number between -2147483648 and 2147483647")]
    [InlineData("""{"byBool":{"yes":"x"}}""", "byBool", "a key must be true or false")]
    [InlineData("""{"nested":[]}""", "nested", "must be an object")]
    [InlineData("""{"nested":{"nested":{"aInt32":"x"}}}""", "nested.nested.aInt32", Int32)]
    [InlineData("""{"manyNested":[{},{},{},{"aString":5}]}""", "manyNested[3].aString", "must be a string")]
    [InlineData("""{"manyNested":[{"manyNested":[{},{"manyInt32":[1,2,"x"]}]}]}""", "manyNested[0].manyNested[1].manyInt32[2]", Int32)]
    [InlineData("""{"byInt32":{"-5":{"aBool":0}}}""", "byInt32.-5.aBool", "must be true or false")]
    [InlineData("""{"nothing":["]}",{"a":"\"}"}],"aInt32":"x"}""", "aInt32", Int32)]
    [InlineData("""{"choiceInt":1,"choiceString":"x"}""", "choiceString", "only one field of choice may be given")]
    [InlineData("""{"manyNested":[{"choiceInt":1,"choiceNested":{}}]}""", "manyNested[0].choiceNested", "only one field of choice may be given")]
    [InlineData("""{"aInt32":"x","aInt32":1}""", "aInt32", Int32)]
    [InlineData("""{"aInt32":1,"aInt32":"x"}""", "aInt32", Int32)]
    [InlineData("""{"at":1}""", "at", Time)]
    [InlineData("""{"at":""}""", "at", Time)]
    [InlineData("""{"at":"2023-09-01"}""", "at", Time)]
    [InlineData("""{"at":"2023-02-29T00:00:00"}""", "at", Time)]
    [InlineData("""{"at":"2023-09-01T24:00:00"}""", "at", Time)]
    [InlineData("""{"at":"2023-09-01T10:00:60"}""", "at", Time)]
    [InlineData("""{"at":"2023-09-01T10:00:00."}""", "at", Time)]
    [InlineData("""{"at":"2023-09-01T10:00:00.1234567890"}""", "at", Time)]
    [InlineData("""{"at":"2023-09-01T10:00:00+3"}""", "at", Time)]
    [InlineData("""{"at":"0000-01-01T00:00:00"}""", "at", Time)]
    [InlineData("""{"at":"9999-12-31T23:59:59-01:00"}""", "at", Time)]
    [InlineData("""{"took":"1"}""", "took", Duration)]
    [InlineData("""{"took":"--1s"}""", "took", Duration)]
    [InlineData("""{"took":"+1s"}""", "took", Duration)]
    [InlineData("""{"took":"315576000001s"}""", "took", Duration)]
    [InlineData("""{"took":1}""", "took", Duration)]
    [InlineData("""{"mask":"a_b"}""", "mask", "must be field paths such as name,socialLinks.github")]
    [InlineData("""{"mask":["a"]}""", "mask", "must be field paths such as name,socialLinks.github")]
    [InlineData("""{"wInt64":"x"}""", "wInt64", Int64)]
    [InlineData("""{"empty":[]}""", "empty", "must be an object")]
    [InlineData("""{"object":[]}""", "object", "must be an object")]
    [InlineData("""{"list":{}}""", "list", "must be an array")]
    [InlineData("""{"value":[1,1e999]}""", "value[1]", "is too large for a number")]
    [InlineData("""{"any":{}}""", "any", "must name its type in @type")]
    [InlineData("""{"any":{"@type":"type.googleapis.com/no.Such"}}""", "any", "names a type in @type that the contract does not have")]
    [InlineData("""{"any":{"@type":"type.googleapis.com/google.protobuf.Timestamp"}}""", "any", "must have a member named value")]
    public void Convert_WrongValue_NamesTheFieldAndWritesNothing(string json, string? field, string detail)
    {
        var refused = Refused(Encoding.UTF8.GetBytes(json));
        Assert.Equal((field, detail, false), (refused.Field, refused.Detail, refused.IsSyntax));
        Assert.Equal(field is null ? detail : $"{field}: {detail}", refused.Message);
    }

    [Theory]
    [InlineData("", null, "malformed JSON: the document is empty")]
    [InlineData(" \n", null, "malformed JSON: the document is empty")]
    [InlineData("{", null, "malformed JSON at its end: expected a name in double quotes")]
    [InlineData("{\"aInt32\":1", null, "malformed JSON at its end: expected ',' or '}'")]
    [InlineData("{\"aInt32\":1,}", null, "malformed JSON at line 1, byte 13: expected a name in double quotes")]
    [InlineData("{,}", null, "malformed JSON at line 1, byte 2: expected a name in double quotes")]
    [InlineData("{\n\n  aInt32:1}", null, "malformed JSON at line 3, byte 3: expected a name in double quotes")]
    [InlineData("{'aInt32':1}", null, "malformed JSON at line 1, byte 2: expected a name in double quotes")]
    [InlineData("{/**/}", null, "malformed JSON at line 1, byte 2: expected a name in double quotes")]
    [InlineData("{\"aInt32\" 1}", null, "malformed JSON at line 1, byte 11: expected ':'")]
    [InlineData("{\"aInt32\":}", "aInt32", "malformed JSON at line 1, byte 11: expected a value")]
    [InlineData("{\"aInt32\":01}", "aInt32", "malformed JSON at line 1, byte 11: expected a value")]
    [InlineData("{\"aInt32\":1.}", "aInt32", "malformed JSON at line 1, byte 11: expected a value")]
    [InlineData("{\"aInt32\":+1}", "aInt32", "malformed JSON at line 1, byte 11: expected a value")]
    [InlineData("{\"aDouble\":NaN}", "aDouble", "malformed JSON at line 1, byte 12: expected a value")]
    [InlineData("{\"aBool\":tru}", "aBool", "malformed JSON at line 1, byte 10: expected a value")]
    [InlineData("{\"aString\":@}", "aString", "malformed JSON at line 1, byte 12: expected a value")]
    [InlineData("{\"nested\":@}", "nested", "malformed JSON at line 1, byte 11: expected a value")]
    [InlineData("{\"nested\":}", "nested", "malformed JSON at line 1, byte 11: expected a value")]
    [InlineData("{\"manyInt32\":@}", "manyInt32", "malformed JSON at line 1, byte 14: expected a value")]
    [InlineData("{\"byString\":}", "byString", "malformed JSON at line 1, byte 13: expected a value")]
    [InlineData("{\"manyInt32\":[nope]}", "manyInt32[0]", "malformed JSON at line 1, byte 15: expected a value")]
    [InlineData("{\"manyInt32\":[1,]}", "manyInt32[1]", "malformed JSON at line 1, byte 17: expected a value")]
    [InlineData("{\"manyInt32\":[1 2]}", "manyInt32[0]", "malformed JSON at line 1, byte 17: expected ',' or ']'")]
    [InlineData("{\"nothing\":@}", "nothing", "malformed JSON at line 1, byte 12: expected a value")]
    [InlineData("{\"aInt32\":1}x", null, "malformed JSON at line 1, byte 13: expected the end of the document")]
    [InlineData("{} {}", null, "malformed JSON at line 1, byte 4: expected the end of the document")]
    [InlineData("{}\0", null, "malformed JSON at line 1, byte 3: expected the end of the document")]
    [InlineData("{\"aString\":\"x", "aString", "malformed JSON at its end: a string does not end")]
    [InlineData("{\"aString\":\"x\\", "aString", "malformed JSON at its end: a string does not end")]
    [InlineData("{\"aString\":\"a\nb\"}", "aString", "malformed JSON at line 1, byte 14: a control character in a string must be escaped")]
    [InlineData("{\"aString\":\"\\x\"}", "aString", "malformed JSON at line 1, byte 13: an escape is invalid")]
    [InlineData("{\"aString\":\"\\u12\"}", "aString", "malformed JSON at line 1, byte 13: an escape is invalid")]
    [InlineData("{\"aString\":\"\\ud800\"}", "aString", "malformed JSON at line 1, byte 13: an escape is half a surrogate pair")]
    [InlineData("{\"aString\":\"\\udc00\"}", "aString", "malformed JSON at line 1, byte 13: an escape is half a surrogate pair")]
    [InlineData("{\"aString\":\"\\ud800\\u0041\"}", "aString", "malformed JSON at line 1, byte 13: an escape is half a surrogate pair")]
    [InlineData("{\"nothing\":\"\\ud800\"}", "nothing", "malformed JSON at line 1, byte 13: an escape is half a surrogate pair")]
    [InlineData("{\"manyNested\":[{},{\"aInt32\":1", "manyNested[1].aInt32", "malformed JSON at its end: expected ',' or '}'")]
    public void Convert_BrokenDocument_IsASyntaxFaultWithItsPlace(string json, string? field, string detail)
    {
        var refused = Refused(Encoding.UTF8.GetBytes(json));
        Assert.True(refused.IsSyntax);
        // Where a document breaks between members the path may be that of the last one; inside a value it must be right.
        if (field is not null)
            Assert.Equal(field, refused.Field);
        Assert.Equal(detail, refused.Detail);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}' })]
    [InlineData(new byte[] { (byte)'"', 0xed, 0xa0, 0x80, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xc0, 0x80, (byte)'"' })]
    [InlineData(new byte[] { 0xfe, 0xff, 0, (byte)'{', 0, (byte)'}' })]
    public void Convert_NotUtf8_IsASyntaxFault(byte[] json)
    {
        var refused = Refused(json);
        Assert.Equal((null, "malformed JSON: the document is not UTF-8", true), ((string?)refused.Field, refused.Detail, refused.IsSyntax));
    }

    [Fact]
    public void Convert_LongPathOfAFault_IsCut()
    {
        var name = new string('n', 101);
        Assert.Equal("values....[0]", Refused(Encoding.UTF8.GetBytes($$$"""{"values":{"{{{name}}}":[1e999]}}""")).Field);
    }

    private static RequestFormatException Refused(byte[] json)
    {
        using var output = new PooledBuffer();
        output.Write("before"u8);
        var refused = Assert.Throws<RequestFormatException>(() => JsonToWire.Convert(json, Plan, output));
        Assert.Equal("before"u8, output.WrittenSpan);
        return refused;
    }
}
