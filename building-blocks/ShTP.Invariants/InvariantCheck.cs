namespace ShTP.Invariants;

/// <summary>Checks all invariants over the databases of a system.</summary>
public static class InvariantCheck
{
    /// <summary>All invariants. Those of content are checked only with <see cref="InvariantCheckOptions.FilesDirectory"/>.</summary>
    public static IReadOnlyList<Invariant> All(InvariantCheckOptions options)
    {
        List<Invariant> all = [.. Areas.People.All, .. Areas.Ledger.All, .. Areas.Rights.All, .. Areas.StoredFiles.All, .. Areas.Registrations.All, .. Areas.Judging.All, .. Areas.Messages.All, .. Areas.Audits.All];
        if (options.FilesDirectory is { } directory)
            all.Add(new ContentInvariant(directory));
        return all;
    }

    /// <summary>Reads each database once, or twice when something was found and it is to be confirmed.</summary>
    /// <param name="connections">A connection string for each database; the role needs no more than SELECT.</param>
    /// <param name="options">Limits and times.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="ArgumentException">A database has no connection string.</exception>
    /// <exception cref="InvariantCheckException">A database cannot be read.</exception>
    public static async Task<InvariantReport> RunAsync(
        IReadOnlyDictionary<Database, string> connections, InvariantCheckOptions options, CancellationToken cancellationToken)
    {
        var missing = DatabaseNames.All.Where(database => !connections.ContainsKey(database)).Select(database => database.NameOf()).ToList();
        if (missing.Count > 0)
            throw new ArgumentException($"No connection string of {string.Join(", ", missing)}.", nameof(connections));
        var invariants = All(options);
        var (found, heads) = await FindAsync(invariants, connections, options, cancellationToken);
        if (found.Count > 0 && options.ConfirmAfter > TimeSpan.Zero)
        {
            await Task.Delay(options.ConfirmAfter, cancellationToken);
            var before = found.Select(violation => (violation.Invariant, violation.Id)).ToHashSet();
            found = [.. (await FindAsync(invariants, connections, options, cancellationToken)).Found.Where(violation => before.Contains((violation.Invariant, violation.Id)))];
        }

        var byName = found.GroupBy(violation => violation.Invariant).OrderBy(one => one.Key, StringComparer.Ordinal).ToList();
        var report = new InvariantReport(
            [.. byName.SelectMany(one => one.OrderBy(violation => violation.Id, StringComparer.Ordinal).Take(options.MaxShown))],
            byName.Where(one => one.Count() > options.MaxShown).ToDictionary(one => one.Key, one => one.Count() - options.MaxShown),
            invariants.Count);
        return report with { Audits = heads };
    }

    private static async Task<(List<Violation> Found, Dictionary<Database, AuditHead> Heads)> FindAsync(
        IReadOnlyList<Invariant> invariants, IReadOnlyDictionary<Database, string> connections, InvariantCheckOptions options, CancellationToken cancellationToken)
    {
        await using var snapshot = await Snapshot.OpenAsync(connections, options.StuckAfter, cancellationToken);
        var found = new List<Violation>();
        foreach (var invariant in invariants)
        {
            await foreach (var violation in invariant.FindAsync(snapshot, cancellationToken))
                found.Add(violation);
        }

        return (found, snapshot.Heads);
    }
}
