namespace ShTP.Events.School;

/// <summary>
/// Queues changes of seats in memory. In the database each waiting change would hold a connection, and a popular event
/// would use up the pool.
/// </summary>
public sealed class SeatTurns : IDisposable
{
    private const int AtATime = 16;

    private readonly SemaphoreSlim turns = new(AtATime);

    public async Task<T> RunAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();
}
