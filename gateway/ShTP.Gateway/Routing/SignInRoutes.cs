using ShTP.Api.V1;
using Yarp.ReverseProxy.Configuration;

namespace ShTP.Gateway.Routing;

/// <summary>What Auth serves under the gateway's own address, as it is: OpenID Connect, and the pages where people sign in.</summary>
internal static class SignInRoutes
{
    public const string Cluster = "sign-in";

    private const string RateClassName = "RateClass";

    private static readonly PathString[] Pages = ["/connect/authorize", "/sign-in", "/sign-out"];
    private static readonly PathString[] Others = ["/connect", "/.well-known/openid-configuration"];

    public static IReadOnlyList<RouteConfig> All { get; } =
    [
        Forward("connect", "/connect/{**endpoint}", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post]),
        Forward("openid-configuration", "/.well-known/openid-configuration", [HttpMethods.Get, HttpMethods.Head]),
        Forward("sign-in", "/sign-in", [HttpMethods.Get, HttpMethods.Head]),
        Forward("sign-in-attempt", "/sign-in", [HttpMethods.Post], RateClass.Login),
        Forward("sign-out", "/sign-out", [HttpMethods.Post]),
    ];

    /// <summary>Pages have a cookie and forms, so other origins get no access to them.</summary>
    public static bool IsPage(PathString path) => Pages.Any(page => path.StartsWithSegments(page));

    /// <summary>Whether Auth says which headers protect the answer.</summary>
    public static bool Owns(PathString path) => IsPage(path) || Others.Any(other => path.StartsWithSegments(other));

    /// <summary>Which limit counts a call of a forwarded route.</summary>
    public static RateClass RateClassOf(RouteConfig route) =>
        route.Metadata?.TryGetValue(RateClassName, out var name) == true ? Enum.Parse<RateClass>(name) : default;

    private static RouteConfig Forward(string name, string path, string[] methods, RateClass rateClass = default) => new()
    {
        RouteId = $"{Cluster}:{name}",
        ClusterId = Cluster,
        Match = new RouteMatch { Path = path, Methods = methods },
        Metadata = new Dictionary<string, string> { [RateClassName] = rateClass.ToString() },
    };
}
