using ShTP.Events;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Events;

public sealed class StartTests
{
    [Fact]
    public async Task Start_EverythingWrong_IsListedAtOnce() => Assert.Equal(
        [
            "Events:CalendarKey is missing: base64 of at least 32 random bytes",
            "Events:TimeZone 'Europe/Muscovy' is not a known time zone, such as Europe/Moscow",
            "Events:Feed:Url must be an http or https URL",
            "Events:Feed:Token must have printable ASCII characters only",
            "Events:Feed:Query must not be empty",
            "Events:Feed:Interval must be between a minute and a day",
        ],
        await FaultsAsync(
            ("Events:TimeZone", "Europe/Muscovy"), ("Events:Feed:Url", "ftp://x"), ("Events:Feed:Token", "a\nb"), ("Events:Feed:Query", " "), ("Events:Feed:Interval", "00:00:59")));

    [Theory]
    [InlineData("*", "Events:CalendarKey is not base64")]
    [InlineData("AAAA", "Events:CalendarKey must have at least 32 bytes, it has 3")]
    public async Task Start_UnusableKey_IsNamed(string key, string fault) => Assert.Equal([fault], await FaultsAsync(("Events:CalendarKey", key)));

    [Fact]
    public async Task Start_TokenInTheClear_IsRefused() => Assert.Equal(
        ["Events:Feed:Token must not be sent in the clear; Events:Feed:Url must be https"],
        await FaultsAsync(("Events:CalendarKey", EventsSystem.CalendarKey), ("Events:Feed:Url", "http://feed.example.org/"), ("Events:Feed:Token", "x")));

    private static async Task<IReadOnlyList<string>> FaultsAsync(params (string Key, string Value)[] settings)
    {
        var fault = await Assert.ThrowsAsync<StartException>(() => ServiceHost<EventsDb>.StartAsync(
            ResourceNames.Events,
            [new($"ConnectionStrings:{ResourceNames.EventsDb}", "Host=127.0.0.1;Port=9;Database=none"), .. settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value))]));
        return fault.Faults;
    }
}
