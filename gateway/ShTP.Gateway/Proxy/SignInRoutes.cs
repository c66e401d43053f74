using ShTP.Api.V1;
using ShTP.Gateway.Limits;
using Yarp.ReverseProxy.Configuration;

namespace ShTP.Gateway.Proxy;

/// <summary>What Auth serves under the gateway's own address, as it is: OpenID Connect, and the pages where people sign in.</summary>
internal static class SignInRoutes
{
    public const string Cluster = "sign-in";

    // As much as Auth reads.
    private const int MaxBodyBytes = 64 * 1024;

    public static IReadOnlyList<RouteConfig> All { get; } =
    [
        Forward($"{Cluster}:connect", "/connect/{**endpoint}", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post]),
        Forward($"{Cluster}:openid-configuration", "/.well-known/openid-configuration", [HttpMethods.Get, HttpMethods.Head]),
        Forward($"{Cluster}:page", "/sign-in", [HttpMethods.Get, HttpMethods.Head]),
        Forward($"{Cluster}:attempt", "/sign-in", [HttpMethods.Post], RateClass.Login),
        Forward($"{Cluster}:sign-out", "/sign-out", [HttpMethods.Post]),
    ];

    private static RouteConfig Forward(string id, string path, string[] methods, RateClass rateClass = default) => new()
    {
        RouteId = id,
        ClusterId = Cluster,
        RateLimiterPolicy = RateLimits.PolicyOf(rateClass),
        MaxRequestBodySize = MaxBodyBytes,
        Match = new RouteMatch { Path = path, Methods = methods },
    };
}
