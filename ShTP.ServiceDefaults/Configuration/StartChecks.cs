using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Runs every <see cref="StartCheck"/> before anything else starts.</summary>
public sealed class StartChecks(IEnumerable<StartCheck> checks, IServiceProvider services) : IHostedLifecycleService
{
    private bool _passed;

    /// <summary>The routes of the application, set when it maps its health endpoints.</summary>
    public IEndpointRouteBuilder? Routes { get; set; }

    public void ThrowIfFaulty()
    {
        if (_passed)
            return;
        var faults = FindFaults();
        if (faults.Count > 0)
            throw new StartException(faults);
        _passed = true;
    }

    /// <summary>All faults, one line each.</summary>
    public IReadOnlyList<string> FindFaults() => [.. checks.SelectMany(check => check.FindFaults(services)).Concat(FindInvalidOptions()).Distinct()];

    // The host validates them too, but would stop before the other faults are listed.
    private IEnumerable<string> FindInvalidOptions()
    {
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException invalid)
        {
            return invalid.Failures;
        }
        catch (AggregateException several) when (several.InnerExceptions.All(one => one is OptionsValidationException))
        {
            return several.InnerExceptions.SelectMany(one => ((OptionsValidationException)one).Failures);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulty();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
