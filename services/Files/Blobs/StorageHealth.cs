using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.Files.Blobs;

/// <summary>Whether the storage is available.</summary>
internal sealed class StorageHealth(IBlobStorage storage) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await storage.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The storage cannot be used", e);
        }
    }
}
