using Microsoft.Extensions.DependencyInjection;

namespace ShTP.AppHost.Postgres;

/// <summary>
/// Publishes the state of a server that is not a container. The orchestrator does this for its own resources only.
/// Without it, resources that wait for the server or its databases would wait forever.
/// </summary>
internal sealed class ServerStates(PostgresServerResource server, InitializeResourceEvent start)
{
    /// <summary>The databases of this server.</summary>
    public IReadOnlyList<PostgresDatabaseResource> Databases { get; } =
        [.. start.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<PostgresDatabaseResource>().Where(d => d.Parent == server)];

    /// <summary>Publishes the address, so that endpoints and connection strings get values.</summary>
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

    /// <summary>An external server: running from the beginning; its databases are created when the first connection succeeds.</summary>
    public async Task AnnounceAsync(string host, int port, CancellationToken cancellationToken)
    {
        await AllocateAsync(host, port, cancellationToken);
        await BeforeStartAsync(cancellationToken);
        await PublishAsync(KnownResourceStates.Running, s => s with { StartTimeStamp = DateTime.UtcNow });
    }

    /// <summary>A database exists as long as its server runs.</summary>
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
