using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ShTP.ServiceDefaults.Outbox;

/// <summary>
/// Claims due messages and delivers several keys at once. Sleeps until the database tells of a new message, the next
/// attempt is due, a delivery ended (its key may have more), or the poll interval passed.
/// </summary>
internal sealed class OutboxDispatcher(
    OutboxStore store, OutboxDelivery delivery, OutboxTelemetry telemetry, OutboxOptions options, ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly HashSet<Task> running = [];
    private DateTime pruneAt = DateTime.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var listener = new OutboxListener(() => store.ConnectionString, Wake, logger);
        var listening = listener.RunAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var pause = await DispatchAsync(stoppingToken);
                await wake.WaitAsync(pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // The database is away, mostly; messages are safe in it, and this loop must outlive it.
                logger.LogWarning(fault, "The outbox cannot be read; trying again");
                await Task.WhenAny(Task.Delay(AfterFault, stoppingToken));
            }
        }

        await Task.WhenAll([.. running, listening]);
    }

    /// <summary>Starts what is due; returns how long nothing more will be.</summary>
    private async Task<TimeSpan> DispatchAsync(CancellationToken stopping)
    {
        running.RemoveWhere(task => task.IsCompleted);
        var free = options.Concurrency - running.Count;
        if (free == 0)
            return options.PollInterval;
        var claimed = await store.ClaimAsync(free, options.Claim, stopping);
        foreach (var message in claimed)
            running.Add(DeliverAsync(message, stopping));
        if (claimed.Count == free)
            return options.PollInterval;

        telemetry.See(await store.GetStatisticsAsync(stopping));
        await PruneInboxAsync(stopping);
        var next = await store.UntilNextAsync(stopping) ?? options.PollInterval;
        // Due times of the database and timers of this process are not equally fine.
        next += TimeSpan.FromMilliseconds(5);
        return next < options.PollInterval ? next : options.PollInterval;
    }

    private async Task DeliverAsync(ClaimedMessage message, CancellationToken stopping)
    {
        await Task.Yield();
        try
        {
            await delivery.AttemptAsync(message, stopping);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            logger.LogWarning(fault, "The outcome of delivering message {Id} could not be noted; it will be delivered again", message.Id);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Wake();
    }

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    private async Task PruneInboxAsync(CancellationToken stopping)
    {
        if (DateTime.UtcNow < pruneAt)
            return;
        while (await store.PruneInboxAsync(options.InboxDays, stopping) > 0)
        {
        }

        pruneAt = DateTime.UtcNow + PruneInterval;
    }
}
