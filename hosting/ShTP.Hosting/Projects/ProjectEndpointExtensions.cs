using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Projects;

internal static class ProjectEndpointExtensions
{
    /// <summary>
    /// Endpoints from Kestrel's configuration, which like Kestrel itself wins over the launch profile's applicationUrl,
    /// and the variables that make the process listen where it is told.
    /// </summary>
    public static void WithProjectEndpoints(this IResourceBuilder<ProjectResource> project,
        IReadOnlyList<KestrelEndpoint> kestrel, EffectiveLaunchProfile? profile)
    {
        foreach (var endpoint in kestrel)
            project.WithEndpoint(endpoint.Name, annotation =>
            {
                annotation.Port = endpoint.Address.Port;
                annotation.UriScheme = endpoint.Address.Scheme;
                annotation.TargetHost = Host(endpoint.Address);
                annotation.Transport = endpoint.IsHttp2 ? "http2" : "http";
            });

        if (kestrel.Count > 0)
            project.WithEnvironment(OverrideKestrel);
        else
        {
            project.WithEnvironment(SetAspNetCoreUrls);
            project.WithLaunchProfileUrls(profile);
        }
        if (profile is not null)
            project.WithLaunchProfileVariables(profile);
    }

    private static void WithLaunchProfileUrls(this IResourceBuilder<ProjectResource> project, EffectiveLaunchProfile? profile)
    {
        var counts = new Dictionary<string, int>();
        foreach (var url in profile?.Profile.ApplicationUrl?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            var address = BindingAddress.Parse(url);
            var count = counts[address.Scheme] = counts.GetValueOrDefault(address.Scheme) + 1;
            project.WithEndpoint(count == 1 ? address.Scheme : $"{address.Scheme}{count}", annotation =>
            {
                annotation.Port = address.Port;
                annotation.UriScheme = address.Scheme;
                annotation.TargetHost = Host(address);
                annotation.Transport = "http";
                annotation.FromLaunchProfile = true;
            });
        }
    }

    private static void WithLaunchProfileVariables(this IResourceBuilder<ProjectResource> project, EffectiveLaunchProfile profile) =>
        project.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("DOTNET_LAUNCH_PROFILE", profile.Name);
            foreach (var (name, value) in profile.Profile.EnvironmentVariables)
                context.EnvironmentVariables.TryAdd(name, Environment.ExpandEnvironmentVariables(value));
        });

    private static void OverrideKestrel(EnvironmentCallbackContext context)
    {
        foreach (var endpoint in context.Resource.Endpoints())
            context.EnvironmentVariables[$"Kestrel__Endpoints__{endpoint.Name}__Url"] = TargetUrl(context.Resource, endpoint);
    }

    private static void SetAspNetCoreUrls(EnvironmentCallbackContext context)
    {
        var endpoints = context.Resource.Endpoints().Where(e => e.UriScheme is "http" or "https").ToArray();
        if (endpoints.Length == 0 || context.EnvironmentVariables.ContainsKey("ASPNETCORE_URLS"))
            return;
        context.EnvironmentVariables["ASPNETCORE_URLS"] =
            new JoinedValues(";", [.. endpoints.Select(e => TargetUrl(context.Resource, e))]);
        if (endpoints.FirstOrDefault(e => e.UriScheme == "https") is { } https)
            context.EnvironmentVariables["ASPNETCORE_HTTPS_PORT"] =
                new EndpointReference((IResourceWithEndpoints)context.Resource, https).Property(EndpointProperty.Port);
    }

    private static ReferenceExpression TargetUrl(IResource resource, EndpointAnnotation endpoint)
    {
        var port = new EndpointReference((IResourceWithEndpoints)resource, endpoint).Property(EndpointProperty.TargetPort);
        return ReferenceExpression.Create($"{endpoint.UriScheme}://{endpoint.TargetHost}:{port}");
    }

    private static string Host(BindingAddress address) =>
        address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? address.Host.Replace("*", "0.0.0.0").Replace("+", "0.0.0.0") : address.Host;

    private sealed class JoinedValues(string separator, IReadOnlyList<IValueProvider> parts) : IValueProvider
    {
        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
            GetValueAsync(new ValueProviderContext(), cancellationToken);

        public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
        {
            var values = new List<string?>();
            foreach (var part in parts)
                values.Add(await part.GetValueAsync(context, cancellationToken));
            return string.Join(separator, values);
        }
    }
}
