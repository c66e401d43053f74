using ShTP.Api.V1;
using Yarp.ReverseProxy.Configuration;

namespace ShTP.Gateway.Routing;

/// <summary>What Auth serves under the gateway's own address, as it is: OpenID Connect, and the pages where people sign in.</summary>
internal static class SignInRoutes
{
    public const string Cluster = "sign-in";

    private const string Attempt = $"{Cluster}:attempt";

    private static readonly PathString[] Pages = ["/connect/authorize", "/sign-in", "/sign-out"];
    private static readonly PathString[] Others = ["/connect", "/.well-known/openid-configuration"];

    public static IReadOnlyList<RouteConfig> All { get; } =
    [
        Forward($"{Cluster}:connect", "/connect/{**endpoint}", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post]),
        Forward($"{Cluster}:openid-configuration", "/.well-known/openid-configuration", [HttpMethods.Get, HttpMethods.Head]),
        Forward($"{Cluster}:page", "/sign-in", [HttpMethods.Get, HttpMethods.Head]),
        Forward(Attempt, "/sign-in", [HttpMethods.Post]),
        Forward($"{Cluster}:sign-out", "/sign-out", [HttpMethods.Post]),
    ];

    /// <summary>Pages have a cookie and forms, so other origins get no access to them.</summary>
    public static bool IsPage(PathString path) => IsBelow(path, Pages);

    /// <summary>Whether Auth says which headers protect the answer.</summary>
    public static bool Owns(PathString path) => IsPage(path) || IsBelow(path, Others);

    /// <summary>Which limit counts a call of a forwarded route.</summary>
    public static RateClass RateClassOf(RouteConfig route) => route.RouteId == Attempt ? RateClass.Login : default;

    private static RouteConfig Forward(string id, string path, string[] methods) => new()
    {
        RouteId = id,
        ClusterId = Cluster,
        Match = new RouteMatch { Path = path, Methods = methods },
    };

    // Of every request, so without anything that allocates.
    private static bool IsBelow(PathString path, PathString[] roots)
    {
        foreach (var root in roots)
        {
            if (path.StartsWithSegments(root))
                return true;
        }

        return false;
    }
}
