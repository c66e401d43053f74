using ShTP.Events.Feed;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class OlympiadsTests
{
    [Theory]
    [InlineData("9-11 классы", "9 10 11")]
    [InlineData("5–8", "5 6 7 8")]
    [InlineData("5 — 6 класс", "5 6")]
    [InlineData("для 10 класса", "10")]
    [InlineData("5, 7 и 9 классы", "5 7 9")]
    [InlineData("1-2, 10-11 классы", "1 2 10 11")]
    [InlineData("с 5 по 8 класс", "5 6 7 8")]
    [InlineData("от 5 до 7", "5 6 7")]
    [InlineData("9-й класс", "9")]
    [InlineData("9-х–11-х классов", "9 10 11")]
    [InlineData("11-9", "9 10 11")]
    [InlineData("7-12 классы", "7 8 9 10 11")]
    [InlineData("0 класс, 12 класс", "")]
    [InlineData("14-18 лет", "")]
    [InlineData("в 2026 году для 8 класса", "8")]
    [InlineData("2026/2027", "1 2 3 4 5 6 7 8 9 10 11")]
    [InlineData("все желающие", "1 2 3 4 5 6 7 8 9 10 11")]
    [InlineData("", "1 2 3 4 5 6 7 8 9 10 11")]
    public void ClassesOf_Audience_NamesThem(string audience, string expected)
    {
        var classes = Olympiads.ClassesOf("Московская ОЛИМПИАДА школьников", audience);
        Assert.Equal(expected, string.Join(' ', Enumerable.Range(0, 31).Where(i => (classes & Olympiads.Bit(i)) != 0)));
    }

    [Theory]
    [InlineData("Лекция по физике")]
    [InlineData("Олимп")]
    [InlineData("")]
    public void ClassesOf_NoOlympiad_IsForNobody(string title) => Assert.Equal(0, Olympiads.ClassesOf(title, "9 класс"));

    [Fact]
    public void ClassesOf_LongestHostileAudience_IsQuick() =>
        Assert.Equal(Olympiads.Bit(1), Olympiads.ClassesOf("олимпиада", string.Concat(Enumerable.Repeat("1 ", 240)) + new string('-', 20)));
}
