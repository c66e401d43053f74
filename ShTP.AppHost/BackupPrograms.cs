using ShTP.ServiceDefaults;

namespace ShTP.AppHost;

/// <summary>Backups of a local run by a schedule, and the restore of one, when there is a folder for them.</summary>
internal static class BackupPrograms
{
    public const string Folder = "Backup:Directory";
    public const string RestoreFrom = "Backup:Restore";

    /// <summary>Name of the resource that restores.</summary>
    public const string Restore = "restore";

    private const string DefaultKept = "30";

    /// <summary>What is passed on to the programs, which check it.</summary>
    private static readonly string[] PassedOn = ["Backup:Every", "Backup:Keep", "Backup:PublicKey", "Backup:PrivateKey", "Backup:At"];

    /// <summary>Adds the program that makes backups, which starts after the services have made their tables; nothing without a folder.</summary>
    public static IReadOnlyList<IResourceBuilder<ProjectResource>> AddBackups(this IDistributedApplicationBuilder builder,
        IEnumerable<IResourceBuilder<IResourceWithConnectionString>> databases, IEnumerable<IResourceBuilder<ProjectResource>> services, SystemData data)
    {
        if (builder.AddProgram(ResourceNames.Backup, Folder, "schedule", databases, data) is not { } backup)
            return [];
        foreach (var service in services)
            backup.WaitFor(service);
        return [backup.ShownAs("Archive").RunsDirectly().WithReadyCheck(shown: "backup")];
    }

    /// <summary>Adds the program that restores the newest backup of a folder into an empty system, for which the services wait; nothing without a folder.</summary>
    public static void AddRestore(this IDistributedApplicationBuilder builder,
        IReadOnlyList<IResourceBuilder<IResourceWithConnectionString>> databases, IEnumerable<IResourceBuilder<ProjectResource>> services, SystemData data)
    {
        if (builder.AddProgram(Restore, RestoreFrom, "restore", databases, data) is not { } restore)
            return;
        // Its output has the reason when it refuses.
        builder.Configuration[$"Logging:LogLevel:{builder.Environment.ApplicationName}.Resources.{Restore}"] ??= "Information";
        foreach (var database in databases)
            restore.WaitFor(database);
        foreach (var service in services)
            service.WaitForCompletion(restore);
        restore.WithIconName("ArrowUndo").RunsDirectly();
    }

    private static IResourceBuilder<ProjectResource>? AddProgram(this IDistributedApplicationBuilder builder, string name, string setting, string command,
        IEnumerable<IResourceBuilder<IResourceWithConnectionString>> databases, SystemData data)
    {
        if (!builder.ExecutionContext.IsRunMode || builder.Configuration[setting] is not { Length: > 0 } folder)
            return null;
        var program = builder.AddProject<Projects.ShTP_Backup>(name)
            .WithArgs(command, Path.GetFullPath(folder))
            .WithEnvironment("Backup__FilesDirectory", data.FolderOf(ResourceNames.Files))
            .WithEnvironment("Backup__Keep", DefaultKept);
        foreach (var database in databases)
            program.WithReference(database);
        foreach (var passed in PassedOn)
        {
            if (builder.Configuration[passed] is { Length: > 0 } value)
                program.WithEnvironment(passed.Replace(":", "__", StringComparison.Ordinal), value);
        }

        return program;
    }
}
