namespace ShTP.Testing;

public static class Disposing
{
    /// <summary>Disposes what there is, in this order: a fixture that skips, or fails to start, has not made all its parts.</summary>
    public static async ValueTask AllAsync(params IEnumerable<IAsyncDisposable?> parts)
    {
        foreach (var part in parts)
            if (part is not null)
                await part.DisposeAsync();
    }
}
