using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.Checker;

/// <summary>Healthy when programs can be judged. Lists the weaknesses of this machine's isolation.</summary>
internal sealed class JudgeHealthCheck(JudgePreparation preparation) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (preparation.Judge.IsCompletedSuccessfully)
        {
            var host = (await preparation.Judge).Host;
            return HealthCheckResult.Healthy(string.Join(" ", host.FindWeaknesses().Prepend($"{host}.")));
        }

        return HealthCheckResult.Unhealthy(preparation.Faults is { } faults ? string.Join(" ", faults) : "The sandbox is being tested.");
    }
}
