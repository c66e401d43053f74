using Microsoft.Extensions.DependencyInjection;

namespace ShTP.AppHost;

internal static class Telemetry
{
    /// <summary>
    /// Services collect telemetry only where somebody looks at it: Aspire tells them an address of a collector even where
    /// there is neither a dashboard nor another one.
    /// </summary>
    public static void OmitTelemetryWithoutDashboard(this IDistributedApplicationBuilder builder) =>
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            if (!start.Services.GetRequiredService<DistributedApplicationOptions>().DisableDashboard || builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is not null)
                return Task.CompletedTask;
            foreach (var resource in start.Model.Resources)
                foreach (var exporter in resource.Annotations.OfType<OtlpExporterAnnotation>().ToArray())
                    resource.Annotations.Remove(exporter);
            return Task.CompletedTask;
        });
}
