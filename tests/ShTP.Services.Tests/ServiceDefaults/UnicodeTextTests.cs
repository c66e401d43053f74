using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class UnicodeTextTests
{
    [Theory]
    [InlineData("и\u0306", "й")]
    [InlineData("e\u0301", "é")]
    [InlineData("й", "й")]
    [InlineData("plain", "plain")]
    [InlineData("한", "한")]
    public void Compose_DecomposedLetters_AreOne(string text, string expected) => Assert.Equal(expected, UnicodeText.Compose(text));

    [Theory]
    [InlineData("ЁЛКА", "елка")]
    [InlineData("Анна  Мария\u00a0", "анна мария")]
    [InlineData("O’Neil", "o'neil")]
    [InlineData("D\u2011Artagnan", "d-artagnan")]
    [InlineData("José Müller", "jose muller")]
    [InlineData("и\u0306од", "иод")]
    [InlineData("한", "한")]
    [InlineData("a \n b", "a\nb")]
    public void Fold_WhatPeopleTakeForTheSame_IsTheSame(string text, string expected) => Assert.Equal(expected, UnicodeText.Fold(text));

    [Theory]
    [InlineData("Анна")]
    [InlineData("Jean-Luc O’Neil")]
    [InlineData("Группа №5 «Ёлка»")]
    [InlineData("中村 𝔘")]
    [InlineData("👨‍👩‍👧 ❤️ 👍🏽")]
    [InlineData("عربي")]
    public void Name_WhatPeopleSee_IsTaken(string name) => Assert.Null(FaultOf(name));

    [Theory]
    [InlineData("a\u200Bb", "U+200B")]
    [InlineData("a\u202Eb", "U+202E")]
    [InlineData("a\u2066b", "U+2066")]
    [InlineData("a\u00ADb", "U+00AD")]
    [InlineData("a\uFEFFb", "U+FEFF")]
    [InlineData("a\u200Db", "U+200D")]
    [InlineData("a\u2028b", "U+2028")]
    [InlineData("\u3164", "U+3164")]
    [InlineData("a\u2800b", "U+2800")]
    [InlineData("a\U000E0041b", "U+E0041")]
    public void Name_InvisibleOrTurned_IsRefusedByName(string name, string character) =>
        Assert.Equal($"name: must not contain invisible characters or ones that change the direction of text ({character})", FaultOf(name));

    [Fact]
    public void Name_OnlyMarks_IsRefused() => Assert.Equal("name: must contain something that can be seen", FaultOf("\u0301\u0308"));

    [Fact]
    public void Title_LineBreaksAndTabs_BecomeBlanks()
    {
        var checks = new FieldChecks();
        Assert.Equal("a b c", checks.Title(" a\r\nb\tc ", 1, 10, "title"));
        Assert.Null(checks.Faults);
    }

    private static string? FaultOf(string name)
    {
        var checks = new FieldChecks();
        checks.Name(name, 1, 50, "name");
        return checks.Faults;
    }
}
