using Microsoft.Extensions.DependencyInjection;

namespace ShTP.AppHost;

internal static class Telemetry
{
    /// <summary>
    /// Services collect telemetry only where somebody looks at it: Aspire tells them an address even where there is no
    /// dashboard to listen there. Another collector is named to them as everywhere, by <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.
    /// </summary>
    public static void OmitTelemetryWithoutDashboard(this IDistributedApplicationBuilder builder) =>
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            if (!start.Services.GetRequiredService<DistributedApplicationOptions>().DisableDashboard)
                return Task.CompletedTask;
            foreach (var resource in start.Model.Resources)
                foreach (var exporter in resource.Annotations.OfType<OtlpExporterAnnotation>().ToArray())
                    resource.Annotations.Remove(exporter);
            return Task.CompletedTask;
        });
}
