using System.Text.Json.Serialization;
using ShTP.Gateway.Authorization;
using ShTP.Gateway.Edge;
using ShTP.Gateway.Limits;
using ShTP.Gateway.Pages;
using ShTP.Gateway.Proxy;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.ServiceDefaults;
using ShTP.Transcoding.Catalog;

namespace ShTP.Gateway;

/// <summary>The gateway's pipeline.</summary>
internal static class GatewayApplicationExtensions
{
    /// <summary>What comes before the endpoints, in the order of a request. Who calls is known before the call is counted.</summary>
    public static WebApplication UseGateway(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<ConnectionGate>();
        app.Use((context, next) => gate.ServeAsync(context, next));
        app.UseForwardedHeaders();
        app.UseMiddleware<EdgeMiddleware>();
        app.UseResponseCompression();
        app.UseRouting();
        app.Use((context, next) => StreamTickets.IsGiven(context) ? next(context) : AuthenticateAsync(context, next));
        app.UseRateLimiter();
        // After the limits, because each costs a call of Auth: until then they are counted by address.
        app.Use((context, next) => StreamTickets.IsGiven(context) ? RedeemAsync(context, next) : next(context));
        app.UseAuthorization();
        app.UseRequestTimeouts();
        return app;
    }

    /// <summary>Name, version and description at the root, which the web client's settings page asks for, and the commit; a page for browsers.</summary>
    public static WebApplication MapGatewayInformation(this WebApplication app)
    {
        var information = new GatewayInformation(
            "ShTP",
            ProductVersion.Number,
            "School information system of the programming school",
            ProductVersion.Commit);
        var pages = app.Services.GetRequiredService<BrowserPages>();
        app.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], context =>
        {
            context.Response.Headers.Vary = "Accept";
            return BrowserPages.IsAskedFor(context.Request) ? pages.ShowLandingAsync(context) : context.Response.WriteAsJsonAsync(information);
        });
        return app;
    }

    /// <summary>The routes of the contract, the downloads and the sign-in pages, by YARP; the last step of its pipeline is the transcoder.</summary>
    public static WebApplication MapContract(this WebApplication app)
    {
        // Made at the first call, so that what is wrong with the configuration is found and listed before.
        var transcoder = new Lazy<Transcoder>(app.Services.GetRequiredService<Transcoder>);
        var metrics = app.Services.GetRequiredService<GatewayMetrics>();
        var logins = app.Services.GetRequiredService<LoginCalls>();
        var catalog = app.Services.GetRequiredService<MethodCatalog>();
        var routes = app.MapReverseProxy(proxy =>
        {
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
            proxy.Use((context, next) => context.GetEndpoint()?.Metadata.GetMetadata<ApiMethod>() is { } method
                ? metrics.MeasureAsync(context, method, transcoder.Value)
                : logins.SettlePageAsync(context, page => UnsendableRequests.InvokeAsync(page, next)));
        });
        routes.ConfigureEndpoints((endpoint, route) =>
        {
            if (catalog.Find(route.RouteId) is { } method)
                endpoint.WithMetadata(method, method.Access);
        });
        return app;
    }

    private static async Task AuthenticateAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>() is { } rule)
            await AccessPolicies.AuthenticateAsync(context, rule);
        await next(context);
    }

    private static async Task RedeemAsync(HttpContext context, RequestDelegate next)
    {
        if (await context.RequestServices.GetRequiredService<StreamTickets>().RedeemAsync(context))
            await AuthenticateAsync(context, next);
    }

    private sealed record GatewayInformation(string Name, string Version, string Description, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Commit);
}
