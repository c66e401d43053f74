using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

/// <summary>Backups of a local run by a schedule, when there is a folder for them.</summary>
internal static class ScheduledBackups
{
    public const string Directory = "Backup:Directory";

    /// <summary>What is passed on to the program, which checks it.</summary>
    public static readonly string[] PassedOn = ["Backup:Every", "Backup:Keep", "Backup:PublicKey"];

    private const string DefaultKept = "30";

    /// <summary>Adds the program that makes them, which starts after the services have made their tables; nothing without a folder.</summary>
    public static IReadOnlyList<IResourceBuilder<ProjectResource>> AddBackups(this IDistributedApplicationBuilder builder, IEnumerable<IResourceBuilder<IResourceWithConnectionString>> databases,
        IEnumerable<IResourceBuilder<ProjectResource>> services, SystemData data)
    {
        if (!builder.ExecutionContext.IsRunMode || builder.Configuration[Directory] is not { Length: > 0 } directory)
            return [];
        var backup = builder.AddProject<Projects.ShTP_Backup>(ResourceNames.Backup)
            .WithArgs("schedule", Path.GetFullPath(directory))
            .WithEnvironment("Backup__FilesDirectory", data.FolderOf(ResourceNames.Files))
            .WithEnvironment("Backup__Keep", DefaultKept);
        foreach (var database in databases)
            backup.WithReference(database);
        foreach (var service in services)
            backup.WaitFor(service);
        foreach (var setting in PassedOn)
        {
            if (builder.Configuration[setting] is { Length: > 0 } value)
                backup.WithEnvironment(setting.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return [backup.ShownAs("Archive").RunsDirectly().WithReadyCheck()];
    }
}
