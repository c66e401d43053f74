using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Makes a health check that is registered with the application part of the resource's health.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource =>
        builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(a => a.Key == key)
            ? throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has a health check with key '{key}'.")
            : builder.WithAnnotation(new HealthCheckAnnotation(key));

    /// <summary>Healthy when a GET on the endpoint (https, else http) answers with the status code (200).</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null,
        int? statusCode = null, string? endpointName = null) where T : IResourceWithEndpoints
    {
        string[] names = endpointName is null ? ["https", "http"] : [endpointName];
        var endpoint = names.Select(name => new EndpointReference(builder.Resource, name)).FirstOrDefault(e => e.Exists)
            ?? throw new DistributedApplicationException(
                $"Could not create the HTTP health check of resource '{builder.Resource.Name}': no endpoint was found " +
                $"matching one of the specified names: {string.Join(", ", names)}");
        if (endpoint.Scheme is not ("http" or "https"))
            throw new DistributedApplicationException(
                $"Could not create the HTTP health check of resource '{builder.Resource.Name}': the endpoint " +
                $"'{endpoint.EndpointName}' has the scheme '{endpoint.Scheme}', not http or https.");

        path ??= "/";
        statusCode ??= 200;
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{path}_{statusCode}_check";
        builder.ApplicationBuilder.Services.AddHttpClient(key);
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key,
            services => new HttpEndpointHealthCheck(
                () => services.GetRequiredService<IHttpClientFactory>().CreateClient(key), endpoint, path, statusCode.Value),
            failureStatus: null, tags: null));
        return builder.WithHealthCheck(key);
    }
}
