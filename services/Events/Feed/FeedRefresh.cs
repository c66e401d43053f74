using Microsoft.EntityFrameworkCore;
using ShTP.Data;

namespace ShTP.Events.Feed;

/// <summary>Replaces the stored feed by the source's current one, or keeps it after a failure.</summary>
internal sealed class FeedRefresh(EventsDb db, FeedSource source, FeedOptions options, FeedTelemetry telemetry, TimeProvider clock, ILogger<FeedRefresh> logger)
{
    /// <summary>Fetches the source when due, on one replica. Returns when the next fetch is due.</summary>
    public async Task<DateTimeOffset> RunAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        var next = now + options.Interval;
        // Set before the fetch: the next one is an interval away, also when this process crashes.
        var claimed = await db.FeedState.Where(s => s.Id == FeedState.OnlyId && s.NextFetchAt <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.NextFetchAt, next), stopping);
        if (claimed > 0)
            await LookAsync(stopping);
        var state = await db.FeedState.AsNoTracking().SingleAsync(s => s.Id == FeedState.OnlyId, stopping);
        telemetry.See(state);
        return state.NextFetchAt;
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        IReadOnlyList<FeedEntry> entries;
        try
        {
            entries = await source.FetchAsync(stopping);
        }
        catch (FeedException fault)
        {
            await FailAsync(fault, stopping);
            return;
        }

        var failed = await db.InTransactionAsync(cancellation => ReplaceAsync(entries, cancellation), stopping);
        telemetry.CountLook(isGood: true);
        if (failed is { } since)
            logger.LogInformation("The feed works again after failing since {Since}", since);
    }

    /// <summary>Start of the series of failures, or null.</summary>
    private async Task<DateTimeOffset?> ReplaceAsync(IReadOnlyList<FeedEntry> entries, CancellationToken cancellationToken)
    {
        await db.FeedEntries.ExecuteDeleteAsync(cancellationToken);
        db.FeedEntries.AddRange(entries);
        var state = await db.FeedState.SingleAsync(s => s.Id == FeedState.OnlyId, cancellationToken);
        var since = state.FailingSince;
        (state.FetchedAt, state.FailingSince, state.Fault) = (clock.Now(), null, null);
        await db.SaveChangesAsync(cancellationToken);
        return since;
    }

    // Logged once per outage, because a source can be down for many fetches.
    private async Task FailAsync(FeedException fault, CancellationToken cancellationToken)
    {
        var text = fault.Message.Length <= FeedState.MaxFaultLength ? fault.Message : fault.Message[..FeedState.MaxFaultLength];
        var now = clock.Now();
        var isFirst = await db.FeedState.Where(s => s.Id == FeedState.OnlyId && s.FailingSince == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.FailingSince, now).SetProperty(s => s.Fault, text), cancellationToken) > 0;
        if (isFirst)
            logger.LogWarning("The feed cannot be read, the stored events are served: {Fault}", text);
        else
            await db.FeedState.ExecuteUpdateAsync(set => set.SetProperty(s => s.Fault, text), cancellationToken);
        telemetry.CountLook(isGood: false);
    }
}
