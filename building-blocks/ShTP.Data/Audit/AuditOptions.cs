namespace ShTP.Data.Audit;

/// <summary>Configuration section <c>Audit</c>.</summary>
internal sealed record AuditOptions
{
    private const int LeastDays = 366;
    private const int MostDays = 36_600;

    private static readonly TimeSpan Rarest = TimeSpan.FromDays(1);

    /// <summary>How often the head of the chain is sent to another service, while it changes.</summary>
    public TimeSpan AnchorEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Days that an entry is kept at least; its removal is an entry, too.</summary>
    public int KeepDays { get; init; } = 5 * 366;

    public IEnumerable<string> FindFaults()
    {
        if (KeepDays is < LeastDays or > MostDays)
            yield return $"Audit:KeepDays must be {LeastDays} to {MostDays}, it is {KeepDays}.";
        if (AnchorEvery <= TimeSpan.Zero || AnchorEvery > Rarest)
            yield return $"Audit:AnchorEvery must be positive and at most 1 day, it is {AnchorEvery}.";
    }
}
