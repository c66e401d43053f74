using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Publishes the states of instances, mirrors them to the resources that are part of them, and runs the health checks.</summary>
internal sealed class InstanceStates(DistributedApplicationModel model, ResourceNotificationService notifications,
    ResourceHealthMonitor health, ResourceLoggerService loggers)
{
    public const string ProcessIdProperty = "executable.pid";

    public ILogger Logger(IResource resource) => loggers.GetLogger(resource);

    public Task InitialAsync(ResourceInstance instance) => PublishAsync(instance, (resource, s) => s with
    {
        ResourceType = instance.Resource is ProjectResource && resource == instance.Resource ? "Project" : resource.GetType().Name,
        State = KnownResourceStates.NotStarted,
        CreationTimeStamp = DateTime.UtcNow,
        Urls = [.. resource.Endpoints().Select(e => new UrlSnapshot(e.Name, e.AllocatedEndpoint!.UriString, IsInternal: false))],
    });

    /// <summary>Before a start: nothing of the run before counts any more.</summary>
    public Task ResetAsync(ResourceInstance instance) => PublishAsync(instance, (resource, s) =>
        ResourceHealthMonitor.Unknown(resource, s) with { ExitCode = null, StartTimeStamp = null, StopTimeStamp = null });

    public Task StartingAsync(ResourceInstance instance) =>
        PublishAsync(instance, (_, s) => s with { State = KnownResourceStates.Starting });

    public async Task RunningAsync(ResourceInstance instance, int? processId)
    {
        await PublishAsync(instance, (resource, s) => s with
        {
            State = KnownResourceStates.Running,
            StartTimeStamp = DateTime.UtcNow,
            Properties = resource == instance.Resource ? WithProcessId(s.Properties, processId) : s.Properties,
        });
        foreach (var resource in Family(instance.Resource))
            health.Started(resource);
    }

    public Task StoppingAsync(ResourceInstance instance) =>
        PublishAsync(instance, (_, s) => s with { State = KnownResourceStates.Stopping });

    public Task FailedAsync(ResourceInstance instance) =>
        EndedAsync(instance, KnownResourceStates.FailedToStart, null);

    public async Task EndedAsync(ResourceInstance instance, string state, int? exitCode)
    {
        await PublishAsync(instance, (_, s) => s with { State = state, ExitCode = exitCode, StopTimeStamp = DateTime.UtcNow });
        if (AnyRuns(instance.Resource))
            return;
        foreach (var resource in Family(instance.Resource))
            health.Ended(resource);
    }

    private bool AnyRuns(IResource resource) => resource.InstanceIds().Any(id =>
        notifications.TryGetCurrentState(id, out var e) && e.Snapshot.State?.Text == KnownResourceStates.Running);

    private IEnumerable<IResource> Family(IResource resource) =>
        model.Resources.Where(r => r.SelfAndAncestors().Contains(resource));

    private async Task PublishAsync(ResourceInstance instance,
        Func<IResource, CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        await notifications.PublishUpdateAsync(instance.Resource, instance.Id, s => change(instance.Resource, s));
        foreach (var part in Family(instance.Resource).Where(r => r != instance.Resource))
            await notifications.PublishUpdateAsync(part, s => change(part, s));
    }

    private static ImmutableArray<ResourcePropertySnapshot> WithProcessId(
        ImmutableArray<ResourcePropertySnapshot> properties, int? processId) =>
        properties.RemoveAll(p => p.Name == ProcessIdProperty).Add(new ResourcePropertySnapshot(ProcessIdProperty, processId));
}
