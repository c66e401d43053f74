using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShTP.Data.Idempotency;

/// <summary>Deletes recorded calls whose time is over, in batches that hold no locks for long.</summary>
internal sealed class RecordedCallCleaning<TContext>(IServiceScopeFactory scopes, TimeProvider clock, ILogger<RecordedCallCleaning<TContext>> logger) : BackgroundService
    where TContext : DbContext
{
    private const int Batch = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await CleanAsync(stoppingToken) == Batch)
                    stoppingToken.ThrowIfCancellationRequested();
            }
            catch (Exception outage) when (outage.IsDatabaseOutage() && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(outage, "Recorded calls could not be cleaned; the next attempt is in {Interval}", Interval);
            }
        }
    }

    internal async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.Now();
        return await scope.ServiceProvider.GetRequiredService<TContext>().Set<RecordedCall>()
            .Where(call => call.ExpiresAt <= now).OrderBy(call => call.ExpiresAt).Take(Batch)
            .ExecuteDeleteAsync(cancellationToken);
    }
}
