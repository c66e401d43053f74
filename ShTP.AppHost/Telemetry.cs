using Microsoft.Extensions.DependencyInjection;

namespace ShTP.AppHost;

internal static class Telemetry
{
    // Aspire's default is one second, which keeps nine idle processes busy.
    private const string MetricInterval = "5000";

    /// <summary>
    /// Exports metrics every few seconds, and turns telemetry off when no dashboard receives it: Aspire sets the
    /// collector's address even without a dashboard. Set <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> for another collector.
    /// </summary>
    public static void BoundTelemetry(this IDistributedApplicationBuilder builder) =>
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            var isWatched = !start.Services.GetRequiredService<DistributedApplicationOptions>().DisableDashboard;
            foreach (var resource in start.Model.Resources)
            {
                var exporters = resource.Annotations.OfType<OtlpExporterAnnotation>().ToArray();
                if (isWatched && exporters is not [])
                    resource.Annotations.Add(new EnvironmentCallbackAnnotation("OTEL_METRIC_EXPORT_INTERVAL", () => MetricInterval));
                foreach (var exporter in isWatched ? [] : exporters)
                    resource.Annotations.Remove(exporter);
            }

            return Task.CompletedTask;
        });
}
