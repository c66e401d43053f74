namespace ShTP.Data.Outbox;

/// <summary>
/// The deliveries to one receiver: a limited number concurrently, and only one at a time with pauses while the receiver
/// does not respond. Separate lanes keep a hanging receiver from delaying the others.
/// </summary>
internal sealed class OutboxLane(OutboxOptions options, TimeProvider time)
{
    private readonly Lock turn = new();
    private int running;
    private int failures;
    private long failedAt;

    /// <summary>Whether several consecutive attempts got no response.</summary>
    public bool IsCut
    {
        get
        {
            lock (turn)
                return failures >= options.CutAfter;
        }
    }

    /// <summary>How many more deliveries may start now.</summary>
    public int Free
    {
        get
        {
            lock (turn)
            {
                if (failures < options.CutAfter)
                    return Math.Max(options.Concurrency - running, 0);
                return running == 0 && Left() == TimeSpan.Zero ? 1 : 0;
            }
        }
    }

    /// <summary>Time until the next delivery may start, or null when one must end first.</summary>
    public TimeSpan? UntilFree
    {
        get
        {
            lock (turn)
                return failures >= options.CutAfter && running == 0 ? Left() : null;
        }
    }

    public void Begin()
    {
        lock (turn)
            running++;
    }

    /// <summary>Records the end of a delivery; <paramref name="isAnswered"/> is null when unknown. Returns true when this closed or opened the lane.</summary>
    public bool End(bool? isAnswered)
    {
        lock (turn)
        {
            running--;
            if (isAnswered is null)
                return false;
            var wasCut = failures >= options.CutAfter;
            failures = isAnswered == true ? 0 : failures + 1;
            failedAt = time.GetTimestamp();
            return wasCut != failures >= options.CutAfter;
        }
    }

    private TimeSpan Left()
    {
        var doubled = options.FirstRetryDelay.TotalSeconds * Math.Pow(2, Math.Min(failures - options.CutAfter, 20));
        var left = TimeSpan.FromSeconds(Math.Min(doubled, options.MaxCut.TotalSeconds)) - time.GetElapsedTime(failedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
