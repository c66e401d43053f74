namespace ShTP.Data;

/// <summary>Time as the database keeps it.</summary>
public static class DatabaseClock
{
    /// <summary>Now in whole microseconds, so that what is answered before it is stored equals what is read later.</summary>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
