using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.ServiceDefaults.Telemetry;

/// <summary>Exports traces, metrics and logs by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set. Otherwise nothing is collected.</summary>
internal static class TelemetryDefaults
{
    public static void Add(WebApplicationBuilder builder, string name)
    {
        // /health lists the state of each check. A check that waits for another service at start is not an error.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None);
        // A failed command throws an exception, which is logged where it is handled. The first migration of a database begins with one.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        if (string.IsNullOrWhiteSpace(builder.Configuration[PlatformSettings.Collector]))
            return;

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override it.
            .ConfigureResource(resource => resource.AddService(name, serviceVersion: ProductVersion.Number).AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter("ShTP.*"))
            .WithTracing(tracing => tracing
                .SetSampler(new ParentBasedSampler(new WorkSampler()))
                .AddProcessor(new QueryRedaction())
                // Calls to other services are spans of the gRPC source. Without it the callee's spans would have no parent.
                .AddSource("ShTP.*", "Grpc.Net.Client")
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    context.Request.Path.Value is not ("/health" or "/alive"))
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }
}
