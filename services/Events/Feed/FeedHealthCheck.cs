using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.Events.Feed;

/// <summary>Reports the state of the feed. It is healthy while the source is down, because the stored events are served.</summary>
internal sealed class FeedHealthCheck(EventsDb db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = await db.FeedState.AsNoTracking().SingleOrDefaultAsync(s => s.Id == FeedState.OnlyId, cancellationToken);
        var good = state?.FetchedAt is { } fetched ? $"last read {fetched:u}" : "never read";
        return state?.FailingSince is { } since
            ? HealthCheckResult.Degraded($"failing since {since:u}, {good}: {state.Fault}")
            : HealthCheckResult.Healthy(good);
    }
}
