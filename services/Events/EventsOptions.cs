using ShTP.Events.Feed;

namespace ShTP.Events;

/// <summary>The configuration section <c>Events</c>, checked at start.</summary>
internal sealed class EventsOptions
{
    public const string Section = "Events";

    private const string DefaultZone = "Europe/Moscow";
    private const int MinKeyLength = 32;

    /// <summary>Key of the calendar addresses: base64 of at least 32 bytes. Required. Another key invalidates all addresses.</summary>
    public string CalendarKey { get; set; } = "";

    /// <summary>Time zone of times in notifications.</summary>
    public string TimeZone { get; set; } = DefaultZone;

    public FeedOptions Feed { get; set; } = new();

    internal byte[] CalendarKeyBytes => Convert.FromBase64String(CalendarKey);

    // On a machine without time zone data the default zone still works.
    internal TimeZoneInfo Zone =>
        TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) || TimeZone != DefaultZone
            ? zone!
            : TimeZoneInfo.CreateCustomTimeZone(DefaultZone, TimeSpan.FromHours(3), DefaultZone, DefaultZone);

    internal IEnumerable<string> FindFaults()
    {
        if (CalendarKey.Length == 0)
            yield return $"Events:CalendarKey is missing: base64 of at least {MinKeyLength} random bytes";
        else if (!Convert.TryFromBase64String(CalendarKey, new byte[CalendarKey.Length], out var length))
            yield return "Events:CalendarKey is not base64";
        else if (length < MinKeyLength)
            yield return $"Events:CalendarKey must have at least {MinKeyLength} bytes, it has {length}";
        if (TimeZone != DefaultZone && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return $"Events:TimeZone '{TimeZone}' is not a known time zone, such as {DefaultZone}";
        foreach (var fault in Feed.FindFaults())
            yield return fault;
    }
}

/// <summary>Lists all faults of the configuration.</summary>
internal sealed class EventsOptionsValidation : Microsoft.Extensions.Options.IValidateOptions<EventsOptions>
{
    public Microsoft.Extensions.Options.ValidateOptionsResult Validate(string? name, EventsOptions options) =>
        options.FindFaults().ToList() is { Count: > 0 } faults
            ? Microsoft.Extensions.Options.ValidateOptionsResult.Fail(faults)
            : Microsoft.Extensions.Options.ValidateOptionsResult.Success;
}
