using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Projects;

namespace Aspire.Hosting;

public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a referenced project, with the endpoints of its Kestrel configuration or launch profile.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, _ => { });

    /// <summary>The same with a launch profile of that name; null excludes launch profiles.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name,
        string? launchProfileName) where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, options =>
        {
            options.ExcludeLaunchProfile = launchProfileName is null;
            options.LaunchProfileName = launchProfileName;
        });

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name,
        Action<ProjectResourceOptions> configure) where TProject : IProjectMetadata, new()
    {
        var options = new ProjectResourceOptions();
        configure(options);
        var metadata = new TProject();
        var profile = EffectiveLaunchProfile.Choose(name, metadata, options, builder.Configuration);
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation<IProjectMetadata>(metadata);
        project.WithAnnotation(new ProjectLaunchAnnotation(
            AppHostMetadata.ProjectTarget(typeof(TProject).Assembly, metadata.ProjectPath), profile?.Profile.CommandLineArgs));
        project.WithProjectEnvironment();
        var kestrel = options.ExcludeKestrelEndpoints ? []
            : KestrelEndpoints.Read(metadata.ProjectPath, HostEnvironmentName());
        project.WithProjectEndpoints(kestrel, profile);
        return project;
    }

    /// <summary>Runs several processes behind one address per endpoint.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        replicas < 1
            ? throw new ArgumentOutOfRangeException(nameof(replicas), replicas, "A project needs at least one replica.")
            : builder.WithAnnotation(new ReplicaAnnotation(replicas), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>The environment of this very process decides which settings files of the project are read, as with Aspire.</summary>
    private static string? HostEnvironmentName() =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");
}
