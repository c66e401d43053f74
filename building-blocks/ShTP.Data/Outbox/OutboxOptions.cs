namespace ShTP.Data.Outbox;

/// <summary>Configuration section <c>Outbox</c>.</summary>
internal sealed record OutboxOptions
{
    /// <summary>How many messages are delivered to one receiver at the same time.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>Time limit of one attempt, unless the contract gives the RPC more by <c>timeout_seconds</c>.</summary>
    public TimeSpan AttemptLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Number of consecutive attempts without a response after which a receiver gets one message at a time, with pauses.</summary>
    public int CutAfter { get; init; } = 3;

    /// <summary>The longest pause between two attempts while a receiver does not respond.</summary>
    public TimeSpan MaxCut { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Delay after the first failure; doubles with each further one.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest delay between two attempts of a message.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts after which a message is parked that the receiver refuses permanently.</summary>
    public int RefusedAttempts { get; init; } = 5;

    /// <summary>Age, besides the attempts, at which a message is parked that fails by a fault of the receiver.</summary>
    public TimeSpan FaultParkAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Age at which a message is parked when its receiver is not reachable.</summary>
    public TimeSpan ParkAfter { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Poll interval without notifications.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a receiver keeps the ids of applied messages.</summary>
    public int InboxDays { get; init; } = 30;

    /// <summary>Longer than an attempt, but not much: a killed process leaves its claims behind.</summary>
    public static TimeSpan ClaimFor(TimeSpan attempt) => attempt + TimeSpan.FromSeconds(5);

    public IEnumerable<string> FindFaults()
    {
        if (Concurrency is < 1 or > 100)
            yield return $"Outbox:Concurrency must be between 1 and 100, it is {Concurrency}.";
        foreach (var (name, value) in new[] { (nameof(CutAfter), CutAfter), (nameof(RefusedAttempts), RefusedAttempts), (nameof(InboxDays), InboxDays) })
        {
            if (value < 1)
                yield return $"Outbox:{name} must be positive, it is {value}.";
        }

        var times = new[]
        {
            (nameof(AttemptLimit), AttemptLimit), (nameof(MaxCut), MaxCut), (nameof(FirstRetryDelay), FirstRetryDelay), (nameof(MaxRetryDelay), MaxRetryDelay),
            (nameof(FaultParkAfter), FaultParkAfter), (nameof(ParkAfter), ParkAfter), (nameof(PollInterval), PollInterval),
        };
        foreach (var (name, value) in times.Where(time => time.Item2 <= TimeSpan.Zero))
            yield return $"Outbox:{name} must be positive, it is {value}.";
        if (MaxRetryDelay < FirstRetryDelay)
            yield return "Outbox:MaxRetryDelay must not be below Outbox:FirstRetryDelay.";
        if (InboxDays >= 1 && TimeSpan.FromDays(InboxDays) < ParkAfter)
            yield return "Outbox:InboxDays must not be below Outbox:ParkAfter.";
    }
}
