using Microsoft.Extensions.DependencyInjection;

namespace ShTP.AppHost;

internal static class Telemetry
{
    // Aspire asks for one in a second, which nine idle processes answer all day.
    private const string MetricInterval = "5000";

    /// <summary>
    /// Metrics every few seconds, and services collect telemetry only where somebody looks at it: Aspire tells them an address even where there is no
    /// dashboard to listen there. Another collector is named to them as everywhere, by <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.
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
