using Microsoft.EntityFrameworkCore;
using ShTP.Data;

namespace ShTP.Events.Feed;

/// <summary>Replaces the store by what the source says now, or leaves it as it is.</summary>
public sealed class FeedRefresh(EventsDb db, FeedSource source, FeedOptions options, FeedTelemetry telemetry, TimeProvider clock, ILogger<FeedRefresh> logger)
{
    /// <summary>Looks at the source when it is time, one replica for all. Returns when the next look is due.</summary>
    public async Task<DateTimeOffset> RunAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        var next = now + options.Interval;
        // Before the look: however it ends, also with the end of this process, the next one is an interval away.
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
            logger.LogInformation("The feed is there again after failing since {Since}", since);
    }

    /// <summary>Since when it had failed, or null.</summary>
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

    // Logged once until it works again: a source that is down stays down for many looks.
    private async Task FailAsync(FeedException fault, CancellationToken cancellationToken)
    {
        var text = fault.Message.Length <= FeedState.MaxFaultLength ? fault.Message : fault.Message[..FeedState.MaxFaultLength];
        var now = clock.Now();
        var isFirst = await db.FeedState.Where(s => s.Id == FeedState.OnlyId && s.FailingSince == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.FailingSince, now).SetProperty(s => s.Fault, text), cancellationToken) > 0;
        if (isFirst)
            logger.LogWarning("The feed cannot be read, what was read before is served: {Fault}", text);
        else
            await db.FeedState.ExecuteUpdateAsync(set => set.SetProperty(s => s.Fault, text), cancellationToken);
        telemetry.CountLook(isGood: false);
    }
}
