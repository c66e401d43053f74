using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ShTP.ServiceDefaults.Health;

/// <summary>Maps <c>/health</c> and <c>/alive</c> on the HTTP/1.1 endpoint only.</summary>
internal static class HealthEndpoints
{
    public const string LiveTag = "live";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/health", new HealthCheckOptions { ResponseWriter = WriteAsync });
        Map(routes, "/alive", new HealthCheckOptions { ResponseWriter = WriteAsync, Predicate = check => check.Tags.Contains(LiveTag) });
    }

    private static void Map(IEndpointRouteBuilder routes, string path, HealthCheckOptions options)
    {
        var checks = routes.CreateApplicationBuilder().UseMiddleware<HealthCheckMiddleware>(Microsoft.Extensions.Options.Options.Create(options)).Build();
        routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], context =>
        {
            // The gRPC endpoint is HTTP/2 only.
            if (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
                return checks(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new HealthAnswer(
            report.Status.ToString(),
            report.Entries.ToDictionary(entry => entry.Key, entry => new CheckAnswer(entry.Value.Status.ToString(), entry.Value.Description))),
        context.RequestAborted);

    private sealed record HealthAnswer(string Status, IReadOnlyDictionary<string, CheckAnswer> Checks);

    private sealed record CheckAnswer(string Status, string? Description);
}
