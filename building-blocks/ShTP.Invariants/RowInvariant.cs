using System.Runtime.CompilerServices;

namespace ShTP.Invariants;

/// <summary>No row may come out of a query in one database.</summary>
/// <param name="name">As <see cref="Invariant"/>.</param>
/// <param name="reason">As <see cref="Invariant"/>.</param>
/// <param name="database">Where the rows are.</param>
/// <param name="query">Two texts: the id, and what is wrong. It may use the parameter <c>@stuck</c>, an interval.</param>
internal sealed class RowInvariant(string name, string reason, Database database, string query) : Invariant(name, reason)
{
    internal override async IAsyncEnumerable<Violation> FindAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in snapshot.ReadAsync(database, query, cancellationToken))
            yield return new Violation(Name, row[0], row[1]);
    }
}
