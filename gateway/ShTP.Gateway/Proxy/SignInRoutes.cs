using ShTP.Api.V1;
using Yarp.ReverseProxy.Configuration;

namespace ShTP.Gateway.Proxy;

/// <summary>What Auth serves under the gateway's own address, as it is: OpenID Connect, and the pages where people sign in.</summary>
internal static class SignInRoutes
{
    public const string Cluster = "sign-in";

    private const string Attempt = $"{Cluster}:attempt";

    public static IReadOnlyList<RouteConfig> All { get; } =
    [
        Forward($"{Cluster}:connect", "/connect/{**endpoint}", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post]),
        Forward($"{Cluster}:openid-configuration", "/.well-known/openid-configuration", [HttpMethods.Get, HttpMethods.Head]),
        Forward($"{Cluster}:page", "/sign-in", [HttpMethods.Get, HttpMethods.Head]),
        Forward(Attempt, "/sign-in", [HttpMethods.Post]),
        Forward($"{Cluster}:sign-out", "/sign-out", [HttpMethods.Post]),
    ];

    /// <summary>Which limit counts a call of a forwarded route.</summary>
    public static RateClass RateClassOf(RouteConfig route) => route.RouteId == Attempt ? RateClass.Login : default;

    private static RouteConfig Forward(string id, string path, string[] methods) => new()
    {
        RouteId = id,
        ClusterId = Cluster,
        Match = new RouteMatch { Path = path, Methods = methods },
    };
}
