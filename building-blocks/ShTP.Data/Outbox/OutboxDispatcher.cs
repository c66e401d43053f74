using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ShTP.Protos;

namespace ShTP.Data.Outbox;

/// <summary>
/// Claims due messages and delivers several keys concurrently, each receiver in its own lane. Sleeps until the database
/// notifies about a new message, the next attempt is due, a delivery ended (its key may have more) or the poll interval
/// passed.
/// </summary>
internal sealed class OutboxDispatcher(
    OutboxStore store, OutboxDelivery delivery, OutboxTelemetry telemetry, OutboxOptions options, TimeProvider time, ILogger<OutboxDispatcher> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    // Counting a long outbox after each delivery would take longer than the deliveries.
    private static readonly TimeSpan BetweenStatistics = TimeSpan.FromSeconds(1);

    private readonly WakeSignal _wake = new();
    private readonly HashSet<Task> _running = [];
    private readonly Dictionary<string, OutboxLane> _lanes = [];
    private long? _seenAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var listener = new OutboxListener(() => store.ConnectionString, _wake.Set, logger);
        var listening = listener.RunAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var pause = await DispatchAsync(stoppingToken);
                await _wake.WaitAsync(pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // Mostly a database outage. Messages are safe in the database, and this loop must survive it.
                logger.LogWarning(fault, "The outbox cannot be read; trying again");
                await Task.WhenAny(Task.Delay(AfterFault, stoppingToken));
            }
        }

        await Task.WhenAll([.. _running, listening]);
    }

    /// <summary>Starts due deliveries and returns the time until the next one is due.</summary>
    private async Task<TimeSpan> DispatchAsync(CancellationToken stopping)
    {
        _running.RemoveWhere(task => task.IsCompleted);
        var limits = _lanes.ToDictionary(entry => entry.Key, entry => entry.Value.Free);
        foreach (var message in await store.ClaimAsync(options.Concurrency, OutboxOptions.ClaimFor(options.AttemptLimit), limits, stopping))
            _running.Add(DeliverAsync(message, LaneOf(message), stopping));

        if (_seenAt is not { } last || time.GetElapsedTime(last) >= BetweenStatistics)
        {
            telemetry.See(await store.GetStatisticsAsync(stopping), _lanes.Values.Count(lane => lane.IsCut));
            _seenAt = time.GetTimestamp();
        }

        // A full lane continues when one of its deliveries ends, which wakes this loop.
        var full = _lanes.Where(entry => entry.Value.Free == 0).ToList();
        var next = await store.UntilNextAsync([.. full.Select(entry => entry.Key)], stopping) ?? options.PollInterval;
        foreach (var pause in full.Select(entry => entry.Value.UntilFree).OfType<TimeSpan>())
            next = pause < next ? pause : next;
        // The database's due times and the timers of this process have different precision.
        next += TimeSpan.FromMilliseconds(5);
        return next < options.PollInterval ? next : options.PollInterval;
    }

    private OutboxLane LaneOf(ClaimedMessage message)
    {
        var receiver = Contract.AreaOf(message.Path);
        if (!_lanes.TryGetValue(receiver, out var lane))
            _lanes[receiver] = lane = new OutboxLane(options, time);
        lane.Begin();
        return lane;
    }

    private async Task DeliverAsync(ClaimedMessage message, OutboxLane lane, CancellationToken stopping)
    {
        await Task.Yield();
        bool? isAnswered = null;
        try
        {
            isAnswered = await delivery.AttemptAsync(message, stopping);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            logger.LogWarning(fault, "The outcome of delivering message {Id} could not be stored; it will be delivered again", message.Id);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        finally
        {
            if (lane.End(isAnswered))
                logger.LogWarning("{Receiver} {Change}", Contract.AreaOf(message.Path), lane.IsCut ? "does not respond; it gets one message at a time" : "responds again");
        }

        _wake.Set();
    }
}
