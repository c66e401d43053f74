namespace ShTP.Data;

/// <summary>Wakes one loop that waits for work. Signals that come while it works are one.</summary>
internal class WakeSignal : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);

    public void Set()
    {
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already signalled.
        }
    }

    /// <summary>Returns at a signal, or when the limit is reached.</summary>
    public Task WaitAsync(TimeSpan limit, CancellationToken cancellationToken) => _signal.WaitAsync(limit, cancellationToken);

    /// <summary>Forgets a signal: what it was given for is done next.</summary>
    public void Reset() => _signal.Wait(TimeSpan.Zero);

    public void Dispose()
    {
        _signal.Dispose();
        GC.SuppressFinalize(this);
    }
}
