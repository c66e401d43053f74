using System.Runtime.CompilerServices;

namespace ShTP.Invariants;

/// <summary>Every fact of one database is known to another one, unless an undelivered message speaks of what it is about.</summary>
/// <param name="name">As <see cref="Invariant"/>.</param>
/// <param name="reason">As <see cref="Invariant"/>.</param>
/// <param name="facts">Two texts: the id, and the fact.</param>
/// <param name="known">One text: a fact that is known.</param>
/// <param name="fault">What is said of a fact that is not known; the fact follows.</param>
internal sealed class FactInvariant(string name, string reason, FactQuery facts, FactQuery known, string fault) : Invariant(name, reason)
{
    internal override async IAsyncEnumerable<Violation> FindAsync(Snapshot snapshot, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var all = await snapshot.ReadSetAsync(known, cancellationToken);
        var inFlight = await snapshot.ReadInFlightAsync(cancellationToken);
        await foreach (var row in snapshot.ReadAsync(facts.Database, facts.Query, cancellationToken))
        {
            if (!all.Contains(row[1]) && !Snapshot.IdsIn($"{row[0]} {row[1]}").Any(inFlight.Contains))
                yield return new Violation(Name, row[0], $"{fault} ({row[1]})");
        }
    }
}
