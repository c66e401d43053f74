namespace ShTP.Testing;

/// <summary>Waits for what happens by itself.</summary>
public static class Eventually
{
    // Ten times a second is what the gateway allows everybody for long.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // What takes half a second alone has taken 20 beside all other tests.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Returns when the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within the limit, a minute when none is given.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var end = DateTime.UtcNow + (limit ?? Patience);
        while (!await condition())
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"It did not happen in time: {what}.");
            await Task.Delay(Interval);
        }
    }
}
