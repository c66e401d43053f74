using System.Globalization;
using System.Runtime.CompilerServices;
using ShTP.AuditChain;

namespace ShTP.Invariants;

/// <summary>The audit of each service still has the entries whose hash another service keeps: its end was not removed, and it was not rewritten as a whole.</summary>
internal sealed class AuditAnchorInvariant() : Invariant("audit-anchor-holds", "the end of an audit was removed, or all of it was rewritten")
{
    private const string Chain = "SELECT number::text, encode(hash, 'hex') FROM audit WHERE number IS NOT NULL";

    private static readonly string Anchors =
        $"SELECT object_id, after::jsonb ->> 'number', after::jsonb ->> 'hash', id::text FROM audit WHERE action = '{AuditActions.Anchor}'";

    internal override async IAsyncEnumerable<Violation> FindAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var anchors = DatabaseNames.All.ToDictionary(database => database, _ => new Dictionary<long, (string Hash, string Id)>());
        foreach (var keeper in (Database[])[Database.Auth, Database.Users])
        {
            await foreach (var row in snapshot.ReadAsync(keeper, Anchors, cancellationToken))
            {
                if (Enum.TryParse<Database>(row[0], ignoreCase: true, out var told))
                    anchors[told][long.Parse(row[1], CultureInfo.InvariantCulture)] = (row[2], row[3]);
                else
                    yield return new Violation(Name, row[3], $"is an anchor of the service '{row[0]}', which there is not");
            }
        }

        foreach (var (database, told) in anchors.Where(one => one.Value.Count > 0))
        {
            var first = long.MaxValue;
            await foreach (var row in snapshot.ReadAsync(database, Chain, cancellationToken))
            {
                var number = long.Parse(row[0], CultureInfo.InvariantCulture);
                first = Math.Min(first, number);
                if (told.Remove(number, out var anchor) && anchor.Hash != row[1])
                    yield return new Violation(Name, Id(database, number), $"has another hash than the one that was kept elsewhere (entry {anchor.Id})");
            }

            // What was removed at the beginning is the matter of the chain.
            foreach (var (number, anchor) in told.Where(one => first == long.MaxValue || one.Key >= first))
                yield return new Violation(Name, Id(database, number), $"was kept elsewhere (entry {anchor.Id}) and is missing");
        }
    }

    private static string Id(Database database, long number) => $"{database.NameOf()} {number}";
}
