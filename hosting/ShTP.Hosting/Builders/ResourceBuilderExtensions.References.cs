using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Gives the consumer <c>ConnectionStrings__NAME</c> and the connection properties one by one.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        connectionName ??= resource.Name;
        return builder.WithEnvironment(async context =>
        {
            var variable = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{connectionName}";
            var value = await resource.GetConnectionStringAsync(context.CancellationToken);
            if (!string.IsNullOrEmpty(value))
                context.EnvironmentVariables[variable] = value;
            else if (!optional)
                throw new DistributedApplicationException($"The connection string of resource '{resource.Name}' is not available.");
            foreach (var (name, property) in resource.GetConnectionProperties())
                context.EnvironmentVariables[$"{VariableName(connectionName)}_{name.ToUpperInvariant()}"] = property;
        });
    }

    /// <summary>Gives the consumer every endpoint of a project, for service discovery and as plain variables.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithServiceDiscovery> source) where TDestination : IResourceWithEnvironment =>
        builder.WithEndpointReferences(source.Resource, source.Resource.Name, VariableName(source.Resource.Name), _ => true);

    /// <summary>The same under another name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithServiceDiscovery> source, string name) where TDestination : IResourceWithEnvironment =>
        builder.WithEndpointReferences(source.Resource, name, name, _ => true);

    /// <summary>Gives the consumer one endpoint.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        EndpointReference endpointReference) where TDestination : IResourceWithEnvironment =>
        builder.WithEndpointReferences(endpointReference.Resource, endpointReference.Resource.Name,
            VariableName(endpointReference.Resource.Name),
            e => string.Equals(e.Name, endpointReference.EndpointName, StringComparison.OrdinalIgnoreCase));

    /// <summary>Gives the consumer the address of something outside the application.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder,
        string name, Uri uri) where TDestination : IResourceWithEnvironment =>
        uri.IsAbsoluteUri && uri.AbsolutePath == "/"
            ? builder.WithEnvironment($"services__{name}__default__0", uri.ToString()).WithEnvironment(name, uri.ToString())
            : throw new InvalidOperationException($"The address '{uri}' of '{name}' must be absolute and have the path '/'.");

    private static IResourceBuilder<TDestination> WithEndpointReferences<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceWithEndpoints source, string serviceName, string variablePrefix,
        Func<EndpointAnnotation, bool> include) where TDestination : IResourceWithEnvironment =>
        builder.WithEnvironment(context =>
        {
            var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            foreach (var endpoint in source.Endpoints().Where(e => include(e) && !e.ExcludeReferenceEndpoint))
            {
                var key = endpoint.Name is "http" or "https" ? endpoint.UriScheme : endpoint.Name;
                var index = counts.GetValueOrDefault(key);
                counts[key] = index + 1;
                var reference = new EndpointReference(source, endpoint);
                context.EnvironmentVariables[$"services__{serviceName}__{key}__{index}"] = reference;
                context.EnvironmentVariables[$"{variablePrefix}_{VariableName(endpoint.Name)}"] = reference;
            }
        });

    /// <summary>orders-api becomes ORDERS_API, 2go becomes _2GO.</summary>
    private static string VariableName(string name)
    {
        var encoded = NotAlphanumeric().Replace(name, "_").ToUpperInvariant();
        return char.IsAsciiDigit(encoded[0]) ? "_" + encoded : encoded;
    }

    [GeneratedRegex("[^A-Za-z0-9]")]
    private static partial Regex NotAlphanumeric();
}
