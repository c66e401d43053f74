namespace ShTP.Testing;

/// <summary>Waits for what happens by itself.</summary>
public static class Eventually
{
    // Ten times a second is what the gateway allows everybody for long.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not within the limit, 20 seconds when none is given.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var end = DateTime.UtcNow + (limit ?? TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"It did not happen in time: {what}.");
            await Task.Delay(Interval);
        }
    }
}
