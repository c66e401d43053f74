using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Projects;

/// <summary>The launch profile that a project is started with.</summary>
internal sealed record EffectiveLaunchProfile(string Name, LaunchProfile Profile)
{
    public static EffectiveLaunchProfile? Choose(string resourceName, IProjectMetadata metadata, ProjectResourceOptions options,
        IConfiguration configuration)
    {
        var settings = metadata.LaunchSettings ?? LaunchSettings.Read(Path.GetDirectoryName(metadata.ProjectPath)!);
        if (options.ExcludeLaunchProfile)
            return null;
        if (options.LaunchProfileName is { Length: > 0 } wanted)
            return Find(settings, wanted) ?? throw new DistributedApplicationException(
                $"Launch profile '{wanted}' of resource '{resourceName}' was not found in the launch settings of {metadata.ProjectPath}.");
        var preferred = configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"];
        return Find(settings, preferred) ?? settings?.Profiles.Where(p => p.Value.IsForProject)
            .Select(p => new EffectiveLaunchProfile(p.Key, p.Value)).FirstOrDefault();
    }

    private static EffectiveLaunchProfile? Find(LaunchSettings? settings, string? name) =>
        name is not null && settings is not null && settings.Profiles.TryGetValue(name, out var profile)
            ? new EffectiveLaunchProfile(name, profile)
            : null;
}
