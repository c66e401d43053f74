namespace ShTP.Invariants.Areas;

/// <summary>The entries of the audit are complete and unchanged.</summary>
internal static class Audits
{
    public static IEnumerable<Invariant> All =>
    [
        .. DatabaseNames.All.Select(database => new AuditChainInvariant($"audit-is-unbroken-{database.NameOf()}", database)),
        .. DatabaseNames.All.Select(database => new RowInvariant($"audit-is-sealed-{database.NameOf()}", "what was done can still be changed without a trace", database,
            "SELECT id::text, format('is of %s, and not sealed', at) FROM audit WHERE number IS NULL AND at < now() - @stuck")),
        new AuditAnchorInvariant(),
    ];
}
