using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace ShTP.Files.Blobs;

/// <summary>Whether the storage is available, and has room for another upload.</summary>
internal sealed class StorageHealth(IBlobStorage storage, IOptions<FilesOptions> options) : IHealthCheck
{
    // Of the largest kind of upload.
    private const long MinFreeBytes = 20 * 1024 * 1024;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // Also beside S3: uploads arrive on the disk first.
            var free = DiskSpace.ReadFree(Path.GetFullPath(options.Value.Directory));
            if (free < MinFreeBytes)
                return HealthCheckResult.Degraded($"The disk of {options.Value.Directory} is full: {free / 1024} KiB are free, and an upload can need {MinFreeBytes / 1024}");
            await storage.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The storage cannot be used", e);
        }
    }
}
