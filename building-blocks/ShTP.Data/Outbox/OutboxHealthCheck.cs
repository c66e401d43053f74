using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.Data.Outbox;

/// <summary>Degraded while messages are parked: the service works, but an operator has to act.</summary>
internal sealed class OutboxHealthCheck(OutboxStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var parked = (await store.GetStatisticsAsync(cancellationToken)).Parked;
        return parked == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"{parked} messages are parked; run this service with the arguments 'outbox list' to see why, then 'outbox retry' or 'outbox drop ID'.");
    }
}
