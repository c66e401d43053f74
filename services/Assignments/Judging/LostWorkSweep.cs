using Microsoft.EntityFrameworkCore;
using ShTP.Data;

namespace ShTP.Assignments.Judging;

/// <summary>Checks for expired leases when the next one expires, or every second, on every replica.</summary>
internal sealed class LostWorkSweep(IServiceScopeFactory scopes, ILogger<LostWorkSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Longest;
            try
            {
                pause = await SweepAsync(stoppingToken);
            }
            catch (Exception outage) when (outage.IsDatabaseOutage() && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The check for expired leases failed: {Fault}", outage.GetBaseException().Message);
            }

            await Task.Delay(pause, stoppingToken);
        }
    }

    private async Task<TimeSpan> SweepAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AssignmentsDb>();
        var seconds = await db.Database.SqlQuery<double?>(
            $"SELECT extract(epoch FROM min(lease_expires_at) - now())::double precision AS \"Value\" FROM work WHERE state = 1").SingleAsync(cancellationToken);
        if (seconds > 0 || seconds is null)
            return TimeSpan.FromSeconds(Math.Clamp(seconds ?? 1, Shortest.TotalSeconds, Longest.TotalSeconds));
        await scope.ServiceProvider.GetRequiredService<LostWork>().SweepAsync(cancellationToken);
        return Shortest;
    }
}
