using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.Gateway.Callers;

/// <summary>The gateway is ready once it knows the revocations, and for as long as they are fresh.</summary>
internal sealed class RevocationHealth(Revocations revocations) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(revocations.IsFresh ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Auth's revocations are not known."));
}
