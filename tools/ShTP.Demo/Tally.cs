namespace ShTP.Demo;

/// <summary>Counts created and existing items of a kind.</summary>
internal sealed class Tally
{
    private int made;
    private int found;

    public void Made() => Interlocked.Increment(ref made);

    public void Found() => Interlocked.Increment(ref found);

    public void Count(bool isNew)
    {
        if (isNew)
            Made();
        else
            Found();
    }

    public override string ToString() => $"{made} new" + (found > 0 ? $", {found} there already" : "");
}
