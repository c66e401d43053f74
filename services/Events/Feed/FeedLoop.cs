using ShTP.Data;

namespace ShTP.Events.Feed;

/// <summary>Refreshes the stored feed.</summary>
internal sealed class FeedLoop(IServiceScopeFactory scopes, TimeProvider clock, ILogger<FeedLoop> logger) : BackgroundService
{
    // Lower bound of the interval, for the source and for the database.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WaitAfterFault = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = await RunAsync(stoppingToken);
            await Task.Delay(wait, clock, stoppingToken);
        }
    }

    private async Task<TimeSpan> RunAsync(CancellationToken stopping)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var next = await scope.ServiceProvider.GetRequiredService<FeedRefresh>().RunAsync(stopping) - clock.Now();
            return next > ShortestWait ? next : ShortestWait;
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            // The database cannot be reached, which is not a failure of the source.
            logger.LogWarning(fault, "The feed could not be stored");
            return WaitAfterFault;
        }
    }
}
