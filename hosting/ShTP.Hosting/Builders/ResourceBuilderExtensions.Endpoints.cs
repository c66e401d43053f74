using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Changes the endpoint of that name, or adds one.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, string endpointName,
        Action<EndpointAnnotation> callback, bool createIfNotExists = true) where T : IResourceWithEndpoints
    {
        var endpoint = FindEndpoint(builder.Resource, endpointName);
        if (endpoint is null && createIfNotExists)
        {
            endpoint = new EndpointAnnotation(ProtocolType.Tcp, name: endpointName);
            callback(endpoint);
            builder.Resource.Annotations.Add(endpoint);
        }
        else if (endpoint is not null)
            callback(endpoint);
        return builder;
    }

    /// <summary>Adds an endpoint, or changes the one of that name; null keeps what it has.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null,
        string? scheme = null, string? name = null, string? env = null, bool? isProxied = null, bool? isExternal = null,
        ProtocolType? protocol = null) where T : IResourceWithEndpoints
    {
        var endpointName = name ?? scheme ?? (protocol ?? ProtocolType.Tcp).ToString().ToLowerInvariant();
        if (FindEndpoint(builder.Resource, endpointName) is { } existing)
        {
            existing.Port = port ?? existing.Port;
            existing.TargetPort = targetPort ?? existing.TargetPort;
            existing.UriScheme = scheme ?? existing.UriScheme;
            existing.IsProxied = isProxied ?? existing.IsProxied;
            existing.IsExplicitlyProxied = isProxied ?? existing.IsExplicitlyProxied;
            existing.IsExternal = isExternal ?? existing.IsExternal;
        }
        else
            builder.Resource.Annotations.Add(new EndpointAnnotation(
                protocol ?? ProtocolType.Tcp, scheme, null, endpointName, port, targetPort, isExternal, isProxied));

        if (env is not null && builder is IResourceBuilder<IResourceWithEnvironment> withEnvironment)
            withEnvironment.WithEnvironment(env,
                new EndpointReference(builder.Resource, endpointName).Property(EndpointProperty.TargetPort));
        return builder;
    }

    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null,
        int? targetPort = null, string? name = null, string? env = null, bool? isProxied = null)
        where T : IResourceWithEndpoints =>
        builder.WithEndpoint(port, targetPort, "http", name, env, isProxied, null, null);

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Endpoints().Where(e => e.UriScheme is "http" or "https"))
            endpoint.IsExternal = true;
        return builder;
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => new(builder.Resource, name);

    private static EndpointAnnotation? FindEndpoint(IResource resource, string name) =>
        resource.Endpoints().FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase));
}
