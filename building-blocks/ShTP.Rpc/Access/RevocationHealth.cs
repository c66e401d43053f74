using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.Rpc.Access;

/// <summary>
/// Ready once the revocations are known. When they are stale later, the process is the worse for Auth's outage and no
/// less able to serve than any other: taking it away would make the outage everybody's.
/// </summary>
internal sealed class RevocationHealth(Revocations revocations) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        revocations.IsFresh ? HealthCheckResult.Healthy()
        : revocations.IsKnown ? HealthCheckResult.Degraded("Auth is not heard; calls with a token are refused.")
        : HealthCheckResult.Unhealthy("Auth's revocations are not known."));
}
