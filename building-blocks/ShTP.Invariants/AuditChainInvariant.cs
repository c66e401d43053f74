using System.Globalization;
using System.Runtime.CompilerServices;
using ShTP.AuditChain;

namespace ShTP.Invariants;

/// <summary>The audit of a service has every entry that it ever had, as it was and in its order, except for a beginning that was removed by the rules.</summary>
/// <param name="name">As <see cref="Invariant"/>.</param>
/// <param name="database">Whose audit.</param>
internal sealed class AuditChainInvariant(string name, Database database) : Invariant(name, "somebody changed what the audit says")
{
    private const string Removals =
        $"SELECT after::jsonb ->> 'number', after::jsonb ->> 'hash' FROM audit WHERE action = '{AuditActions.Removed}' AND number IS NOT NULL";

    internal override async IAsyncEnumerable<Violation> FindAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var removals = new Dictionary<long, byte[]>();
        await foreach (var row in snapshot.ReadAsync(database, Removals, cancellationToken))
            removals[long.Parse(row[0], CultureInfo.InvariantCulture)] = Convert.FromHexString(row[1]);
        var (number, hash, count) = (0L, ChainHash.Start.ToArray(), 0L);
        await foreach (var entry in snapshot.ReadAuditAsync(database, cancellationToken))
        {
            if (count++ == 0 && entry.Number > 1 && removals.TryGetValue(entry.Number - 1, out var last))
                (number, hash) = (entry.Number - 1, last);
            if (entry.Number != number + 1)
                yield return new Violation(Name, Id(entry.Number), $"follows the number {number}: what was between them is missing");
            else if (!ChainHash.Of(hash, entry.Number, entry.Content).AsSpan().SequenceEqual(entry.Hash))
                yield return new Violation(Name, Id(entry.Number), $"does not have the hash that its place and what it says give ({entry.Content.Action} at {entry.Content.At:O}, {entry.Content.Id})");
            // Each fault is one violation: what follows is measured by what is stored.
            (number, hash) = (entry.Number, entry.Hash);
        }

        if (count > 0)
            snapshot.Heads[database] = new AuditHead(count, number, Convert.ToHexStringLower(hash));
    }

    private static string Id(long number) => number.ToString(CultureInfo.InvariantCulture);
}
