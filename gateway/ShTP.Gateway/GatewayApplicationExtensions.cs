using ShTP.Gateway.Edge;
using ShTP.Gateway.Limits;
using ShTP.Gateway.Proxy;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.OpenApi;
using ShTP.Transcoding.Problems;

namespace ShTP.Gateway;

/// <summary>The gateway's pipeline.</summary>
internal static class GatewayApplicationExtensions
{
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
            Documentation.Version,
            "School information system of the programming school");
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], () => information);
        return app;
    }

    /// <summary>The routes of the contract, the downloads and the sign-in pages, by YARP; the last step of its pipeline is the transcoder.</summary>
    public static WebApplication MapContract(this WebApplication app)
    {
        // Made at the first call, so that what is wrong with the configuration is found and listed before.
        var transcoder = new Lazy<Transcoder>(app.Services.GetRequiredService<Transcoder>);
        var catalog = app.Services.GetRequiredService<MethodCatalog>();
        var limits = app.Services.GetRequiredService<RateLimits>();
        app.MapReverseProxy(proxy =>
        {
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
            proxy.Use((context, next) =>
            {
                var config = context.GetReverseProxyFeature().Route.Config;
                if (catalog.Find(config.RouteId) is { } method)
                    return transcoder.Value.InvokeAsync(context, method);
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
