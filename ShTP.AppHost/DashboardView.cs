namespace ShTP.AppHost;

/// <summary>How the dashboard shows resources.</summary>
internal static class DashboardView
{
    /// <summary>Icons and link names for the dashboard. gRPC endpoints are hidden, because a browser cannot open them.</summary>
    public static IResourceBuilder<ProjectResource> ShownAs(this IResourceBuilder<ProjectResource> project, string icon)
    {
        if (project.Resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.Name == "grpc"))
            project.WithUrlForEndpoint("grpc", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly);
        return project.WithIconName(icon).WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/health", "Health"));
    }

    /// <summary>The gateway is what users open, so its address comes first.</summary>
    public static IResourceBuilder<ProjectResource> ShownAsEntrance(this IResourceBuilder<ProjectResource> gateway, string icon) => gateway
        .WithIconName(icon)
        .WithUrlForEndpoint("http", url => url.DisplayText = "API")
        .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/docs", DisplayText = "API page" })
        .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/health", DisplayText = "Health" });
}
