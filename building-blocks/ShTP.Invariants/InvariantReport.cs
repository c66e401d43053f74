namespace ShTP.Invariants;

/// <summary>The result of a check.</summary>
/// <param name="Violations">At most <see cref="InvariantCheckOptions.MaxShown"/> of each invariant, sorted.</param>
/// <param name="Hidden">How many more there are, by invariant.</param>
/// <param name="Checked">How many invariants were checked.</param>
public sealed record InvariantReport(IReadOnlyList<Violation> Violations, IReadOnlyDictionary<string, int> Hidden, int Checked)
{
    /// <summary>The ends of the audits; those without entries have none.</summary>
    public IReadOnlyDictionary<Database, AuditHead> Audits { get; init; } = new Dictionary<Database, AuditHead>();

    public bool IsHealthy => Violations.Count == 0;
}
