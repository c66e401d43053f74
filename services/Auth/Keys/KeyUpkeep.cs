using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShTP.Data;

namespace ShTP.Auth.Keys;

/// <summary>Loads keys from the start on and rotates them on schedule. Unhealthy until the first keys are loaded.</summary>
internal sealed class KeyUpkeep(IServiceScopeFactory scopes, KeyRing ring, TimeProvider time, ILogger<KeyUpkeep> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ring.IsLoaded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The signing keys are not loaded yet."));

    // A key that cannot be decrypted ends the process, because existing tokens could not be verified.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Interval;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<KeySchedule>().EnsureAsync(stoppingToken);
                await ring.ReloadAsync(stoppingToken);
            }
            catch (Exception outage) when (outage.IsDatabaseOutage())
            {
                logger.LogWarning("The signing keys cannot be read, trying again: {Fault}", outage.GetBaseException().Message);
                wait = RetryAfter;
            }

            await Task.Delay(wait, time, stoppingToken);
        }
    }
}
