using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Health;

/// <summary>Runs one <see cref="ResourceHealthWatch"/> per resource, from its first running instance to the end of its last.</summary>
internal sealed class ResourceHealthMonitor(HealthCheckService checks, ResourceNotificationService notifications,
    IDistributedApplicationEventing eventing, IServiceProvider services, ResourceLoggerService loggers,
    IHostApplicationLifetime lifetime)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IResource, ResourceHealthWatch> _watches = [];

    /// <summary>Reports without a result, which count as unhealthy.</summary>
    public static CustomResourceSnapshot Unknown(IResource resource, CustomResourceSnapshot snapshot) => snapshot with
    {
        HealthReports = [.. Keys(resource).Select(key => new HealthReportSnapshot(key, null, null, null))],
        Ready = null,
    };

    /// <summary>The keys of the resource's own health checks and of those of what it is part of.</summary>
    public static IEnumerable<string> Keys(IResource resource) =>
        resource.SelfAndAncestors().SelectMany(r => r.Annotations.OfType<HealthCheckAnnotation>()).Select(a => a.Key).Distinct();

    /// <summary>Called when an instance begins to run.</summary>
    public void Started(IResource resource)
    {
        lock (_lock)
        {
            if (_watches.TryGetValue(resource, out var watch))
                watch.CheckNow();
            else
                _watches[resource] = ResourceHealthWatch.Start(resource, checks, notifications,
                    cancellationToken => eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken),
                    loggers.GetLogger(resource), lifetime.ApplicationStopping);
        }
    }

    /// <summary>Called when the last running instance has ended.</summary>
    public void Ended(IResource resource)
    {
        lock (_lock)
            if (_watches.Remove(resource, out var watch))
                watch.End();
    }
}
