using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.Data;

/// <summary>
/// Healthy once the database has all migrations of this program. An instance that starts before the job of migrations is done
/// is not ready before it either, so that nothing calls it, and those of the version before stay.
/// </summary>
internal sealed class SchemaCheck<TContext>(IServiceScopeFactory scopes) : IHealthCheck
    where TContext : DbContext
{
    private volatile bool _isCurrent;

    /// <summary>This process has applied all migrations itself.</summary>
    public void Confirm() => _isCurrent = true;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_isCurrent)
            return HealthCheckResult.Healthy();
        await using var scope = scopes.CreateAsyncScope();
        var pending = (await scope.ServiceProvider.GetRequiredService<TContext>().Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count > 0)
            return HealthCheckResult.Unhealthy($"The database lacks {pending.Count} migrations, the first is {pending[0]}: run this program with the argument migrate.");
        _isCurrent = true;
        return HealthCheckResult.Healthy();
    }
}
