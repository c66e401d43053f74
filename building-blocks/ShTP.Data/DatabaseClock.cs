namespace ShTP.Data;

/// <summary>Time in the precision of the database.</summary>
public static class DatabaseClock
{
    /// <summary>Now in whole microseconds, so that a value in a response equals the stored one.</summary>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
