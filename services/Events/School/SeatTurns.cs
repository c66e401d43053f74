namespace ShTP.Events.School;

/// <summary>
/// Where changes of seats wait for their turn. In the database each would wait with a connection, and when the whole
/// school wants the same seats there would be none left for anything else.
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
