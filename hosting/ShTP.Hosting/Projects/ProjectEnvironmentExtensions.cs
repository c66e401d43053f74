using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Projects;

internal static class ProjectEnvironmentExtensions
{
    /// <summary>Variables of telemetry, only when something collects it, and of readable console logs.</summary>
    public static void WithProjectEnvironment(this IResourceBuilder<ProjectResource> project)
    {
        var development = project.ApplicationBuilder.Environment.IsDevelopment();
        if (Collector.Find(project.ApplicationBuilder.Configuration) is { } collector)
            project.WithEnvironment(context => collector.Describe(context, development));
        project.WithEnvironment("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION", "true")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple");
    }

    /// <summary>What receives OTLP.</summary>
    private sealed record Collector(string Endpoint, string Protocol, string? ApiKey)
    {
        public static Collector? Find(ConfigurationManager configuration)
        {
            var apiKey = configuration["AppHost:OtlpApiKey"];
            if (configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] is { Length: > 0 } grpc)
                return new(grpc, "grpc", apiKey);
            if (configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] is { Length: > 0 } http)
                return new(http, "http/protobuf", apiKey);
            return configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } plain
                ? new(plain, configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? "grpc", apiKey)
                : null;
        }

        public void Describe(EnvironmentCallbackContext context, bool development)
        {
            var variables = context.EnvironmentVariables;
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            if (development)
            {
                variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
                variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
            }
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint;
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = Protocol;
            variables["OTEL_RESOURCE_ATTRIBUTES"] = InstanceId.Attribute;
            variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
            if (ApiKey is not null)
                variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={ApiKey}";
            if (!development)
                return;
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
            variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
        }
    }
}
