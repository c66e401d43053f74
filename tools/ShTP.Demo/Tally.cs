namespace ShTP.Demo;

/// <summary>Counts created and existing items of a kind.</summary>
internal sealed class Tally
{
    private int _made;
    private int _found;

    public void Made() => Interlocked.Increment(ref _made);

    public void Found() => Interlocked.Increment(ref _found);

    public void Count(bool isNew)
    {
        if (isNew)
            Made();
        else
            Found();
    }

    public override string ToString() => $"{_made} new" + (_found > 0 ? $", {_found} there already" : "");
}
