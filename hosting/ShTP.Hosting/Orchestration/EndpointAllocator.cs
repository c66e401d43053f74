using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Orchestration;

/// <summary>Gives every endpoint its ports for this run, and a proxy where the public port is not the process' own.</summary>
internal sealed class EndpointAllocator(IConfiguration configuration, ResourceLoggerService loggers) : IAsyncDisposable
{
    private readonly List<IDisposable> _holds = [];
    private readonly List<ReplicaProxy> _proxies = [];

    /// <summary>Tests set it: fixed ports would collide with those of a running application.</summary>
    private bool RandomizePorts => configuration.GetValue<bool>("DcpPublisher:RandomizePorts");

    /// <summary>Returns, per replica, the port that it binds for each endpoint.</summary>
    public IReadOnlyList<IReadOnlyDictionary<EndpointAnnotation, int>> Allocate(IResource resource)
    {
        var replicas = resource.Replicas();
        var targets = Enumerable.Range(0, replicas).Select(_ => new Dictionary<EndpointAnnotation, int>()).ToArray();
        foreach (var endpoint in resource.Endpoints().Where(e => e.AllocatedEndpoint is null))
        {
            if (replicas > 1 && (endpoint.TargetPort is not null || !endpoint.IsProxied))
                throw new DistributedApplicationException(
                    $"Endpoint '{endpoint.Name}' of '{resource.Name}' has one fixed port, which {replicas} replicas cannot share.");
            var fixedPort = endpoint.Port ?? (endpoint.IsProxied ? null : endpoint.TargetPort);
            var port = fixedPort is { } wanted and not 0 && !(RandomizePorts && endpoint.IsProxied) ? wanted : Reserve();
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, ClientHost(endpoint), port);
            foreach (var target in targets)
                target[endpoint] = replicas > 1 ? Reserve() : endpoint.TargetPort ?? port;
            if (replicas > 1 || targets[0][endpoint] != port)
                _proxies.Add(new ReplicaProxy(port, [.. targets.Select(t => t[endpoint])], loggers.GetLogger(resource)));
        }
        return targets;
    }

    /// <summary>Opens the public ports of the proxies.</summary>
    public void StartProxies()
    {
        foreach (var proxy in _proxies)
            proxy.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
        foreach (var hold in _holds)
            hold.Dispose();
        _proxies.Clear();
        _holds.Clear();
    }

    private int Reserve()
    {
        var (port, hold) = LocalPort.Reserve();
        _holds.Add(hold);
        return port;
    }

    private static string ClientHost(EndpointAnnotation endpoint) =>
        endpoint.TargetHost is "0.0.0.0" or "[::]" ? "localhost" : endpoint.TargetHost;
}
