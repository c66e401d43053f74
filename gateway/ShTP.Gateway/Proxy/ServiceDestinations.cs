using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.ServiceDiscovery;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// Finds the instances of a service by service discovery. gRPC endpoints speak HTTP/2 only, so their health is
/// asked at the <c>http</c> endpoint of the same instance.
/// </summary>
internal sealed class ServiceDestinations(ServiceEndpointResolver resolver) : IDestinationResolver
{
    private const string GrpcScheme = "http://_grpc.";

    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, DestinationConfig>();
        var changes = new List<IChangeToken>();
        foreach (var (name, destination) in destinations)
        {
            var addresses = await FindAsync(destination.Address, changes, cancellationToken);
            var health = destination.Address.StartsWith(GrpcScheme, StringComparison.Ordinal)
                ? await FindAsync("http://" + destination.Address[GrpcScheme.Length..], changes, cancellationToken)
                : addresses;
            for (var i = 0; i < addresses.Count; i++)
            {
                // Instances are listed in the same order under every endpoint; behind one proxy there is one of each.
                resolved[addresses.Count == 1 ? name : $"{name}[{i}]"] = destination with { Address = addresses[i], Health = i < health.Count ? health[i] : null };
            }
        }

        return new ResolvedDestinationCollection(resolved, new CompositeChangeToken(changes));
    }

    private async Task<IReadOnlyList<string>> FindAsync(string address, List<IChangeToken> changes, CancellationToken cancellationToken)
    {
        var source = await resolver.GetEndpointsAsync(address, cancellationToken);
        changes.Add(source.ChangeToken);
        return [.. source.Endpoints.Select(endpoint => endpoint.ToString()!).Select(text => text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text)];
    }
}
