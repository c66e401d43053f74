namespace ShTP.AppHost;

/// <summary>What the dashboard shows of the model.</summary>
internal static class DashboardView
{
    /// <summary>An icon and links that say what they lead to; gRPC is nothing to click on.</summary>
    public static IResourceBuilder<ProjectResource> ShownAs(this IResourceBuilder<ProjectResource> project, string icon)
    {
        project.WithIconName(icon);
        if (project.Resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.Name == "grpc"))
            return project
                .WithUrlForEndpoint("grpc", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
                .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/health", "Health"));
        return project
            .WithUrlForEndpoint("http", url => url.DisplayText = "API")
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/docs", DisplayText = "API page" })
            .WithUrlForEndpoint("http", _ => new ResourceUrlAnnotation { Url = "/health", DisplayText = "Health" });
    }
}
