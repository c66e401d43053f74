namespace ShTP.Data.Audit;

/// <summary>Configuration section <c>Audit</c>.</summary>
internal sealed record AuditOptions
{
    private static readonly TimeSpan Rarest = TimeSpan.FromDays(1);

    /// <summary>How often the head of the chain is sent to another service, while it changes.</summary>
    public TimeSpan AnchorEvery { get; init; } = TimeSpan.FromMinutes(1);

    public IEnumerable<string> FindFaults()
    {
        if (AnchorEvery <= TimeSpan.Zero || AnchorEvery > Rarest)
            yield return $"Audit:AnchorEvery must be positive and at most 1 day, it is {AnchorEvery}.";
    }
}
