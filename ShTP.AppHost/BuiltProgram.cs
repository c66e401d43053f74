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
    /// The program itself is started, not <c>dotnet run</c>, which costs each service a process and seconds of processor
    /// time. And it has its port alone: behind the orchestrator's proxy a dead service is a silent one instead of a refused
    /// connection. All ports but <paramref name="ownPort"/> are free ones; those of appsettings.json are for a service that
    /// is started alone.
    /// </summary>
    public static IResourceBuilder<ProjectResource> RunsDirectly(this IResourceBuilder<ProjectResource> project, int? ownPort = null)
    {
        if (!project.ApplicationBuilder.ExecutionContext.IsRunMode)
            return project;
        // Loopback only: no certificate that this machine may not have.
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
