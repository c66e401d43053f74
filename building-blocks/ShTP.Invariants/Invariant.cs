namespace ShTP.Invariants;

/// <summary>What holds in every healthy system, at every moment. A new one is added to the list of its area.</summary>
/// <param name="name">What a violation is called.</param>
/// <param name="reason">What goes wrong for users when it does not hold.</param>
public abstract class Invariant(string name, string reason)
{
    public string Name => name;

    public string Reason => reason;

    /// <summary>All violations, in no certain order.</summary>
    internal abstract IAsyncEnumerable<Violation> FindAsync(Snapshot snapshot, CancellationToken cancellationToken);
}
