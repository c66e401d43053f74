using Microsoft.Extensions.DependencyInjection;

namespace ShTP.AppHost.Postgres;

/// <summary>
/// Tells the rest of the application what becomes of a server that is no container. The orchestrator does this for its own
/// resources; here nobody else would, and whoever waits for the server or one of its databases would wait for ever.
/// </summary>
internal sealed class ServerStates(PostgresServerResource server, InitializeResourceEvent start)
{
    /// <summary>The databases of this server.</summary>
    public IReadOnlyList<PostgresDatabaseResource> Databases { get; } =
        [.. start.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<PostgresDatabaseResource>().Where(d => d.Parent == server)];

    /// <summary>Says where the server is: endpoints and connection strings have values from now on.</summary>
    public async Task AllocateAsync(string host, int port, CancellationToken cancellationToken)
    {
        var endpoint = server.PrimaryEndpoint.EndpointAnnotation;
        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, host, port);
        await start.Eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(server, start.Services), cancellationToken);
        await start.Eventing.PublishAsync(new ConnectionStringAvailableEvent(server, start.Services), cancellationToken);
        foreach (var database in Databases)
            await start.Eventing.PublishAsync(new ConnectionStringAvailableEvent(database, start.Services), cancellationToken);
    }

    public Task BeforeStartAsync(CancellationToken cancellationToken) =>
        start.Eventing.PublishAsync(new BeforeResourceStartedEvent(server, start.Services), cancellationToken);

    /// <summary>A server that runs elsewhere: there from the beginning, its databases made when the first connection works.</summary>
    public async Task AnnounceAsync(string host, int port, CancellationToken cancellationToken)
    {
        await AllocateAsync(host, port, cancellationToken);
        await BeforeStartAsync(cancellationToken);
        await PublishAsync(KnownResourceStates.Running, s => s with { StartTimeStamp = DateTime.UtcNow });
    }

    /// <summary>A database is there as long as its server is.</summary>
    public async Task PublishAsync(string state, Func<CustomResourceSnapshot, CustomResourceSnapshot>? change = null)
    {
        await start.Notifications.PublishUpdateAsync(server, s => (change?.Invoke(s) ?? s) with { State = state });
        foreach (var database in Databases)
            await start.Notifications.PublishUpdateAsync(database, s => s with { State = state });
    }

    public async Task PublishEndAsync()
    {
        if (start.Notifications.TryGetCurrentState(server.Name, out var state))
            await start.Eventing.PublishAsync(new ResourceStoppedEvent(server, start.Services, state));
    }
}
