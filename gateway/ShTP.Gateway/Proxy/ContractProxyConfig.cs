using Microsoft.Extensions.Primitives;
using ShTP.Gateway.Limits;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Catalog;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

namespace ShTP.Gateway.Proxy;

/// <summary>The contract as YARP's routes and clusters: one cluster per area, the downloads of Files, and the pages of Auth.</summary>
internal sealed class ContractProxyConfig(MethodCatalog catalog) : IProxyConfigProvider
{
    public const string StorageRoute = "storage";
    private const string StorageCluster = "storage";

    // The service ends the call at its deadline and says so; the gateway ends it only when even that does not come.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly Config _config = new(
        [.. catalog.Methods.Select(ToRoute), Storage, .. SignInRoutes.All],
        [.. catalog.Methods.Select(method => method.Area).Distinct().Select(ToCluster), Downloads, SignIn]);

    private static RouteConfig Storage { get; } = new()
    {
        RouteId = StorageRoute,
        ClusterId = StorageCluster,
        RateLimiterPolicy = RateLimits.PolicyOf(default),
        Match = new RouteMatch { Path = "/storage/{**file}", Methods = [HttpMethods.Get, HttpMethods.Head] },
        Transforms =
        [
            // Links to files carry their own signature; who is signed in is none of a download's business.
            new Dictionary<string, string> { ["RequestHeaderRemove"] = "Authorization" },
            new Dictionary<string, string> { ["RequestHeaderRemove"] = "Cookie" },
        ],
    };

    private static ClusterConfig Downloads { get; } = ToCluster(StorageCluster, "http://files");

    private static ClusterConfig SignIn { get; } = ToCluster(SignInRoutes.Cluster, "http://auth");

    public IProxyConfig GetConfig() => _config;

    private static RouteConfig ToRoute(ApiMethod method) => new()
    {
        RouteId = method.RouteId,
        ClusterId = method.Area,
        AuthorizationPolicy = AccessPolicies.NameOf(method.Access),
        RateLimiterPolicy = RateLimits.PolicyOf(method.Access.RateClass),
        Timeout = method.IsServerStreaming ? null : method.Timeout + Grace,
        Match = new RouteMatch
        {
            Path = method.Template.RoutePattern,
            Methods = method.Verb == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [method.Verb],
        },
    };

    private static ClusterConfig ToCluster(string area) => ToCluster(area, $"http://_grpc.{area}");

    private static ClusterConfig ToCluster(string id, string address) => new()
    {
        ClusterId = id,
        // The transcoder does not feed YARP's counters of concurrent requests, which other policies need.
        LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
        Destinations = new Dictionary<string, DestinationConfig> { [id] = new() { Address = address } },
        HealthCheck = new HealthCheckConfig
        {
            // When all look dead they are all tried: a single instance that restarts is found at once.
            AvailableDestinationsPolicy = Yarp.ReverseProxy.Health.HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Passive = new PassiveHealthCheckConfig
            {
                Enabled = true,
                Policy = Yarp.ReverseProxy.Health.HealthCheckConstants.PassivePolicy.TransportFailureRate,
                ReactivationPeriod = TimeSpan.FromSeconds(2),
            },
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Policy = Yarp.ReverseProxy.Health.HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                Interval = TimeSpan.FromSeconds(5),
                Timeout = TimeSpan.FromSeconds(2),
                Path = "/alive",
            },
        },
    };

    private sealed class Config(IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters) : IProxyConfig
    {
        public IReadOnlyList<RouteConfig> Routes => routes;

        public IReadOnlyList<ClusterConfig> Clusters => clusters;

        public IChangeToken ChangeToken { get; } = new CancellationChangeToken(CancellationToken.None);
    }
}
