using Microsoft.Extensions.Time.Testing;
using ShTP.Rpc.Access;
using Xunit;

namespace ShTP.Services.Tests.Files;

public sealed class SignedNamesTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 12, 20, 0, TimeSpan.Zero));
    private readonly SignedNames _names;

    public SignedNamesTests() => _names = new SignedNames(new byte[32], _clock);

    [Fact]
    public void Sign_WithinTheHour_GivesTheSameUrl()
    {
        var first = _names.Sign("achievements", "a.png");
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(first, _names.Sign("achievements", "a.png"));
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.NotEqual(first, _names.Sign("achievements", "a.png"));
    }

    [Fact]
    public void Check_OwnSignature_IsValidUntilItExpires()
    {
        var (exp, sig) = Query(_names.Sign("achievements", "a.png"));
        _clock.Advance(TimeSpan.FromHours(6));
        Assert.Equal(LinkState.Valid, _names.Check("achievements", "a.png", exp, sig));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(LinkState.Expired, _names.Check("achievements", "a.png", exp, sig));
    }

    [Fact]
    public void Check_AnythingChanged_IsInvalid()
    {
        var (exp, sig) = Query(_names.Sign("achievements", "a.png"));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "b.png", exp, sig));
        Assert.Equal(LinkState.Invalid, _names.Check("sources", "a.png", exp, sig));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", (long.Parse(exp) + 1).ToString(), sig));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", exp, (sig[0] == 'A' ? "B" : "A") + sig[1..]));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", exp, ""));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", exp, new string('A', 64)));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", exp, "не base64"));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", exp, null));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", null, sig));
        Assert.Equal(LinkState.Invalid, _names.Check("achievements", "a.png", "99999999999999999999", sig));
        Assert.Equal(LinkState.Invalid, new SignedNames([1, .. new byte[31]], _clock).Check("achievements", "a.png", exp, sig));
    }

    [Theory]
    [InlineData(null, "is missing")]
    [InlineData("%%%", "is not base64")]
    [InlineData("AAAA", "at least 32 bytes, it has 3")]
    public void TryReadKey_Unusable_SaysWhatIsWrong(string? setting, string fault)
    {
        Assert.False(SignedNames.TryReadKey(setting, out _, out var told));
        Assert.Contains(fault, told, StringComparison.Ordinal);
    }

    private static (string Exp, string Sig) Query(string signed)
    {
        var parts = signed.Split("?exp=")[1].Split("&sig=");
        return (parts[0], parts[1]);
    }
}
