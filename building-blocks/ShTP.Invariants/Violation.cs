namespace ShTP.Invariants;

/// <summary>A row that an invariant does not allow.</summary>
/// <param name="Invariant">Name of the invariant.</param>
/// <param name="Id">What it is about: one or several ids, separated by spaces.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record Violation(string Invariant, string Id, string What)
{
    public override string ToString() => $"{Invariant}: {Id}: {What}";
}
