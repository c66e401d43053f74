namespace ShTP.Events.School;

/// <summary>
/// Queues changes of seats in memory. In the database each waiting change would hold a connection, and a popular event
/// would use up the pool.
/// </summary>
internal sealed class SeatTurns : IDisposable
{
    private const int AtATime = 16;

    private readonly SemaphoreSlim _turns = new(AtATime);

    public async Task<T> RunAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
