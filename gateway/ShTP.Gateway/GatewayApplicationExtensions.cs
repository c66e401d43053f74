using System.Reflection;
using ShTP.Gateway.Edge;
using ShTP.Gateway.Errors;
using ShTP.Gateway.Limits;
using ShTP.Gateway.Routing;
using ShTP.Gateway.Transcoding;

namespace ShTP.Gateway;

/// <summary>The gateway's pipeline.</summary>
internal static class GatewayApplicationExtensions
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(GatewayApplicationExtensions).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>What comes before routing, in the order of a request.</summary>
    public static WebApplication UseGateway(this WebApplication app)
    {
        app.UseForwardedHeaders();
        app.UseMiddleware<EdgeMiddleware>();
        app.UseResponseCompression();
        app.UseRouting();
        return app;
    }

    /// <summary>Name, version and description at the root; the web client's settings page asks for it.</summary>
    public static WebApplication MapGatewayInformation(this WebApplication app)
    {
        var information = new GatewayInformation(
            "ShTP",
            Version,
            "School information system of the programming school");
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], () => information);
        return app;
    }

    /// <summary>The routes of the contract, the downloads and the sign-in pages, by YARP; the last step of its pipeline is the transcoder.</summary>
    public static WebApplication MapContract(this WebApplication app)
    {
        // Made at the first call, so that what is wrong with the configuration is found and listed before.
        var transcoder = new Lazy<Transcoder>(app.Services.GetRequiredService<Transcoder>);
        var routes = app.Services.GetRequiredService<RouteTable>();
        var limits = app.Services.GetRequiredService<RateLimits>();
        app.MapReverseProxy(proxy =>
        {
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
            proxy.Use((context, next) =>
            {
                var config = context.GetReverseProxyFeature().Route.Config;
                if (routes.Find(config.RouteId) is { } route)
                    return transcoder.Value.InvokeAsync(context, route);
                if (limits.CheckAddress(context, SignInRoutes.RateClassOf(config)) is not { } tooMany)
                    return next(context);
                ProblemWriter.Write(context, tooMany, asProtobuf: false);
                return Task.CompletedTask;
            });
        });
        return app;
    }

    private sealed record GatewayInformation(string Name, string Version, string Description);
}
