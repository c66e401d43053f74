using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Aspire.Hosting.Postgres;
using Aspire.Hosting.Projects;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts everything when the application starts, and stops it in the order of the waits when it stops.</summary>
internal sealed class ApplicationOrchestrator : IHostedService, IAsyncDisposable
{
    private const string IdCharacters = "abcdefghijklmnopqrstuvwxyz";

    private readonly DistributedApplicationModel _model;
    private readonly ResourceNotificationService _notifications;
    private readonly IDistributedApplicationEventing _eventing;
    private readonly EndpointAllocator _endpoints;
    private readonly IServiceProvider _services;
    private readonly InstanceStates _states;
    private readonly ProjectLauncher _projects;
    private readonly PostgresLauncher _postgres;
    private readonly List<ResourceInstance> _instances = [];

    public ApplicationOrchestrator(DistributedApplicationModel model, ResourceNotificationService notifications,
        IDistributedApplicationEventing eventing, EndpointAllocator endpoints, ResourceHealthMonitor health,
        ResourceLoggerService loggers, IServiceProvider services)
    {
        _model = model;
        _notifications = notifications;
        _eventing = eventing;
        _endpoints = endpoints;
        _services = services;
        _states = new InstanceStates(model, notifications, health, loggers);
        _projects = ActivatorUtilities.CreateInstance<ProjectLauncher>(services);
        _postgres = ActivatorUtilities.CreateInstance<PostgresLauncher>(services);
    }

    public ResourceInstance? Instance(string id) =>
        _instances.FirstOrDefault(i => string.Equals(i.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns when everything is launched, waits included. What cannot start is a state, not an exception.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WaitOrder.ThrowOnCycle(_model);
        await _eventing.PublishAsync(new BeforeStartEvent(_services, _model), cancellationToken);
        foreach (var resource in _model.Resources)
            await PrepareAsync(resource);
        _endpoints.StartProxies();
        foreach (var resource in _model.Resources)
            await AnnounceAsync(resource, cancellationToken);
        try
        {
            await Task.WhenAll(_instances
                .Where(i => !i.Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any())
                .Select(i => i.StartAsync(cancellationToken)));
        }
        catch (OperationCanceledException)
        {
            // The host does not stop what it could not start to the end.
            await StopAsync(CancellationToken.None);
            throw;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await WaitOrder.StopAsync(_instances, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await _endpoints.DisposeAsync();
        await _postgres.DisposeAsync();
        foreach (var instance in _instances)
            instance.Dispose();
        _instances.Clear();
    }

    private async Task PrepareAsync(IResource resource)
    {
        ResourceLauncher? launcher = resource switch
        {
            ProjectResource => _projects,
            PostgresServerResource => _postgres,
            _ => null,
        };
        if (resource is ParameterResource parameter)
            await ParameterStates.PublishAsync(parameter, _notifications);
        if (launcher is null)
            return;

        var ports = _endpoints.Allocate(resource);
        string[] ids = [.. ports.Select(_ => $"{resource.Name}-{RandomNumberGenerator.GetString(IdCharacters, 8)}")];
        resource.Annotations.Add(new InstancesAnnotation(ids));
        foreach (var (id, targets) in ids.Zip(ports))
        {
            var instance = new ResourceInstance(
                resource, id, targets, launcher, _states, _eventing, _services, _notifications);
            _instances.Add(instance);
            await _states.InitialAsync(instance);
        }
    }

    private async Task AnnounceAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (resource is IResourceWithEndpoints && resource.Endpoints().Any())
            await _eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, _services), cancellationToken);
        if (resource is IResourceWithConnectionString)
            await _eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, _services), cancellationToken);
    }
}
