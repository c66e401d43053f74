using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ShTP.LocalPostgres;

namespace ShTP.AppHost;

/// <summary>
/// The folder of everything that the system writes to disk. It belongs to this clone of the repository and stays
/// between runs, or, with <c>--Data=ephemeral</c>, is temporary and deleted after the run.
/// </summary>
internal sealed class SystemData
{
    private readonly string? _folder;
    private readonly string? _kept;

    private SystemData(string? kept, string? temporary) => (_kept, _folder) = (kept, kept ?? temporary);

    /// <summary>Whether the next run finds the data.</summary>
    public bool IsKept => _kept is not null;

    /// <summary>The persistent folder; null without one.</summary>
    public string? Folder => _kept;

    /// <summary>Data folder of a local PostgreSQL; null for a temporary one.</summary>
    public string? PostgresFolder => _kept is null ? null : Path.Combine(_kept, "postgres");

    public static SystemData Of(IDistributedApplicationBuilder builder, AppHostOptions options)
    {
        // Publishing needs no data folder.
        if (!builder.ExecutionContext.IsRunMode)
            return new SystemData(kept: null, temporary: null);
        if (options.KeepsData)
        {
            // Two clones of the repository do not share data.
            var clone = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(builder.AppHostDirectory)))[..10];
            return new SystemData(Path.Combine(LocalFolders.Data, clone), temporary: null);
        }

        var folder = Directory.CreateTempSubdirectory("shtp-data-").FullName;
        builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            start.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(() => Directory.Delete(folder, recursive: true));
            return Task.CompletedTask;
        });
        return new SystemData(kept: null, folder);
    }

    /// <summary>The data folder of a service.</summary>
    public string FolderOf(string service) => _folder is null ? service : Directory.CreateDirectory(Path.Combine(_folder, service)).FullName;

    /// <summary>Deletes the data folder of a service, which must be stopped.</summary>
    public void ClearFolderOf(string service)
    {
        var folder = FolderOf(service);
        Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }
}
