namespace ShTP.Data.Outbox;

/// <summary>
/// The deliveries to one receiver: a limited number concurrently, and only one at a time with pauses while the receiver
/// does not respond. Separate lanes keep a hanging receiver from delaying the others.
/// </summary>
internal sealed class OutboxLane(OutboxOptions options, TimeProvider time)
{
    private readonly Lock _turn = new();
    private int _running;
    private int _failures;
    private long _failedAt;

    /// <summary>Whether several consecutive attempts got no response.</summary>
    public bool IsCut
    {
        get
        {
            lock (_turn)
                return _failures >= options.CutAfter;
        }
    }

    /// <summary>How many more deliveries may start now.</summary>
    public int Free
    {
        get
        {
            lock (_turn)
            {
                if (_failures < options.CutAfter)
                    return Math.Max(options.Concurrency - _running, 0);
                return _running == 0 && Left() == TimeSpan.Zero ? 1 : 0;
            }
        }
    }

    /// <summary>Time until the next delivery may start, or null when one must end first.</summary>
    public TimeSpan? UntilFree
    {
        get
        {
            lock (_turn)
                return _failures >= options.CutAfter && _running == 0 ? Left() : null;
        }
    }

    public void Begin()
    {
        lock (_turn)
            _running++;
    }

    /// <summary>Records the end of a delivery; <paramref name="isAnswered"/> is null when unknown. Returns true when this closed or opened the lane.</summary>
    public bool End(bool? isAnswered)
    {
        lock (_turn)
        {
            _running--;
            if (isAnswered is null)
                return false;
            var wasCut = _failures >= options.CutAfter;
            _failures = isAnswered == true ? 0 : _failures + 1;
            _failedAt = time.GetTimestamp();
            return wasCut != _failures >= options.CutAfter;
        }
    }

    private TimeSpan Left()
    {
        var doubled = options.FirstRetryDelay.TotalSeconds * Math.Pow(2, Math.Min(_failures - options.CutAfter, 20));
        var left = TimeSpan.FromSeconds(Math.Min(doubled, options.MaxCut.TotalSeconds)) - time.GetElapsedTime(_failedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
