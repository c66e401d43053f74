using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>Times in requests and in texts for users.</summary>
internal static class EventTimes
{
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Latest = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time in whole microseconds; null when it is not sent, or out of bounds, which is added as a fault.</summary>
    public static DateTimeOffset? Time(this FieldChecks checks, Timestamp? time, string field)
    {
        if (time is null)
            return null;
        // A timestamp can have values outside of the calendar's range.
        if (time.Nanos is >= 0 and < 1_000_000_000 && time.Seconds >= Earliest.ToUnixTimeSeconds() && time.Seconds < Latest.ToUnixTimeSeconds())
            return DateTimeOffset.FromUnixTimeSeconds(time.Seconds).AddMicroseconds(time.Nanos / 1000);
        checks.Add(field, "must be in the years 2000 to 2099");
        return null;
    }

    /// <summary>"05.09.2026 18:00–20:00", with the second date when it differs.</summary>
    public static string Describe(DateTimeOffset start, DateTimeOffset end, TimeZoneInfo zone)
    {
        var (from, to) = (TimeZoneInfo.ConvertTime(start, zone), TimeZoneInfo.ConvertTime(end, zone));
        var isOneDay = from.Date == to.Date;
        return string.Create(CultureInfo.InvariantCulture, $"{from:dd.MM.yyyy HH:mm}{(isOneDay ? "–" : " – ")}{to.ToString(isOneDay ? "HH:mm" : "dd.MM.yyyy HH:mm", CultureInfo.InvariantCulture)}");
    }
}
