using Microsoft.Extensions.Diagnostics.HealthChecks;
using ShTP.Data;

namespace ShTP.Auth.Keys;

/// <summary>Has keys ready from the start on and rotates them by plan; unhealthy until the first are loaded.</summary>
internal sealed class KeyUpkeep(IServiceScopeFactory scopes, KeyRing ring, TimeProvider time, ILogger<KeyUpkeep> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ring.IsLoaded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The signing keys are not loaded yet."));

    // A key that cannot be decrypted ends the process: it could neither sign nor verify what was signed before.
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
