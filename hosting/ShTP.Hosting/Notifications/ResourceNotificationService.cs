using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The present state of every resource instance, and whoever wants to see or wait for changes.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceWaits _waits;

    public ResourceNotificationService(ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime, IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        _logger = logger;
        _services = serviceProvider;
        _waits = new ResourceWaits(this, resourceLoggerService,
            () => serviceProvider.GetRequiredService<IOptions<ResourceNotificationServiceOptions>>().Value.DefaultWaitBehavior,
            hostApplicationLifetime.ApplicationStopping);
    }

    /// <summary>Returns at the given state, or at the first event when there is none; waits for ever for an unknown name.</summary>
    public async Task WaitForResourceAsync(string resourceName, string? targetState = null,
        CancellationToken cancellationToken = default) =>
        await WaitForResourceAsync(resourceName, targetState is null ? _ => true : e => Is(e, targetState), cancellationToken);

    /// <summary>Returns the first of the states that the resource is in.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates,
        CancellationToken cancellationToken = default)
    {
        var states = targetStates.ToArray();
        var found = await WaitForResourceAsync(resourceName, e => states.Any(s => Is(e, s)), cancellationToken);
        return found.Snapshot.State!.Text;
    }

    public async Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate,
        CancellationToken cancellationToken = default) =>
        await _waits.UntilAsync(resourceName, predicate, cancellationToken);

    /// <summary>Returns when an instance is healthy and its ready handlers are done.</summary>
    /// <exception cref="DistributedApplicationException">The resource ended, or there is none of that name.</exception>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, _waits.DefaultBehavior, cancellationToken);

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior,
        CancellationToken cancellationToken = default) =>
        _services.GetRequiredService<DistributedApplicationModel>().Resources.TryGetByName(resourceName, out var resource)
            ? _waits.UntilHealthyAsync(resource, waitBehavior, cancellationToken)
            : throw new DistributedApplicationException($"There is no resource '{resourceName}' in the application.");

    /// <summary>Returns when everything that the resource waits for is as its wait annotations say.</summary>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken) =>
        _waits.ForDependenciesAsync(resource, resource.InstanceIds(), cancellationToken);

    /// <summary>The same for one instance, which alone shows that it waits.</summary>
    internal Task WaitForDependenciesAsync(IResource resource, string resourceId, CancellationToken cancellationToken) =>
        _waits.ForDependenciesAsync(resource, [resourceId], cancellationToken);

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            if (_current.TryGetValue(resourceId, out resourceEvent))
                return true;
            ResourceEvent[] named = [.. _current.Values.Where(e => IsNamed(e.Resource, resourceId))];
            resourceEvent = named.Length == 1 ? named[0] : null;
            return resourceEvent is not null;
        }
    }

    /// <summary>All present states, then every change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });
        lock (_lock)
        {
            foreach (var known in _current.Values)
                channel.Writer.TryWrite(known);
            _watchers.Add(channel);
        }
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
                yield return change;
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }

    public Task PublishUpdateAsync(IResource resource, string resourceId,
        Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_lock)
        {
            var before = _current.TryGetValue(resourceId, out var known) ? known.Snapshot
                : new CustomResourceSnapshot { ResourceType = resource.GetType().Name, Properties = [] };
            var after = stateFactory(before);
            var change = new ResourceEvent(resource, resourceId, after);
            _current[resourceId] = change;
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(change);
            if (before.State?.Text != after.State?.Text)
                _logger.LogDebug("{Resource} is {State}", resourceId, after.State?.Text);
        }
        return Task.CompletedTask;
    }

    /// <summary>Updates every instance of the resource.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var id in resource.InstanceIds())
            await PublishUpdateAsync(resource, id, stateFactory);
    }

    public void Dispose()
    {
        lock (_lock)
            foreach (var watcher in _watchers)
                watcher.Writer.TryComplete();
        GC.SuppressFinalize(this);
    }

    internal static bool IsNamed(IResource resource, string name) =>
        string.Equals(resource.Name, name, StringComparison.OrdinalIgnoreCase);

    internal string Describe()
    {
        lock (_lock)
            return string.Join(", ", _current.Values.Select(e =>
                $"{e.ResourceId}: {e.Snapshot.State?.Text ?? "unknown"}/{e.Snapshot.HealthStatus?.ToString() ?? "no health"}"));
    }

    private static bool Is(ResourceEvent change, string state) =>
        string.Equals(change.Snapshot.State?.Text, state, StringComparison.OrdinalIgnoreCase);
}
