using System.Reflection;

namespace ShTP.AppHost;

internal static class BuiltProgram
{
    private static readonly string Pattern = typeof(BuiltProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "builtprograms").Value!;

    /// <summary>The built executable of the project.</summary>
    public static string ProgramPath(this ProjectResource project)
    {
        var name = Path.GetFileNameWithoutExtension(project.ProjectPath());
        return Pattern.Replace("*", name, StringComparison.Ordinal) + (OperatingSystem.IsWindows() ? ".exe" : "");
    }

    /// <summary>
    /// Starts the built executable instead of <c>dotnet run</c>, which costs each service a process and seconds of
    /// processor time. No proxy of the orchestrator: behind it a stopped service would time out instead of refusing the
    /// connection. All ports except <paramref name="ownPort"/> are free ones. Those of appsettings.json are for a
    /// service that is started without the AppHost.
    /// </summary>
    public static IResourceBuilder<ProjectResource> RunsDirectly(this IResourceBuilder<ProjectResource> project, int? ownPort = null)
    {
        if (!project.ApplicationBuilder.ExecutionContext.IsRunMode)
            return project;
        // Loopback only, so no development certificate is needed.
        project.WithoutHttpsCertificate().WithAnnotation(new ExecutableAnnotation
        {
            Command = project.Resource.ProgramPath(),
            WorkingDirectory = Path.GetDirectoryName(project.Resource.ProjectPath())!,
        });
        foreach (var endpoint in project.Resource.Annotations.OfType<EndpointAnnotation>())
        {
            endpoint.Port = endpoint.TargetPort = ownPort;
            endpoint.IsProxied = false;
        }

        return project;
    }

    private static string ProjectPath(this ProjectResource project) => project.Annotations.OfType<IProjectMetadata>().Single().ProjectPath;
}
