using ShTP.LocalPostgres.Binaries;
using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres;

/// <summary>The data directory of a cluster: created once, owned by the server's account, without stale locks.</summary>
internal sealed record DataDirectory(string FullPath, ServerAccount? Account)
{
    private static readonly TimeSpan CreateLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(10);

    /// <summary>The major version that wrote the data; null when there is none yet.</summary>
    public int? Version
    {
        get
        {
            var file = Path.Combine(FullPath, "PG_VERSION");
            return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), out var version) ? version : null;
        }
    }

    /// <summary>
    /// Creates the cluster unless it exists, otherwise sets the superuser's password. The caller may have lost the old
    /// one, and a caller that can start the server on these files has full access anyway.
    /// </summary>
    public async Task PrepareAsync(PostgresBinaries binaries, string userName, string password,
        CancellationToken cancellationToken)
    {
        var parent = Path.GetDirectoryName(FullPath)!;
        Directory.CreateDirectory(parent);
        if (Account is not null && !await Account.CanReachAsync(parent, cancellationToken))
            throw new LocalPostgresException(
                $"PostgreSQL runs as user {Account.Name} here, who cannot reach {parent}. Choose another data directory.");
        await using var held = await FileLock.TakeAsync(FullPath + ".lock", CreateLimit, cancellationToken);
        if (Version is null)
            await CreateAsync(binaries, userName, password, cancellationToken);
        else
        {
            await FreeAsync(cancellationToken);
            await SetPasswordAsync(binaries, userName, password, cancellationToken);
        }
    }

    /// <summary>Removes the lock of a killed server, waits for one that is still ending, and refuses one that is in use.</summary>
    public async Task FreeAsync(CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + OrphanLimit;
        while (PostmasterFile.Read(FullPath) is { } found)
        {
            if (!found.IsAlive)
                File.Delete(found.Path);
            else if (DateTime.UtcNow > end)
                throw new LocalPostgresException(
                    $"The data in {FullPath} is in use by the running PostgreSQL process {found.ProcessId}. " +
                    "Stop what started it (another AppHost?), or choose another data directory.");
            else
                await Task.Delay(50, cancellationToken);
        }
    }

    private async Task CreateAsync(PostgresBinaries binaries, string userName, string password,
        CancellationToken cancellationToken)
    {
        if (Directory.Exists(FullPath) && Directory.EnumerateFileSystemEntries(FullPath).Any())
            throw new LocalPostgresException($"{FullPath} is neither empty nor the data of a PostgreSQL (no PG_VERSION).");
        // Created in a temporary folder and moved, so that a killed initdb leaves no incomplete cluster.
        var making = FullPath + ".new";
        if (Directory.Exists(making))
            Directory.Delete(making, recursive: true);
        RunDirectory.CreatePrivate(making);
        var passwordFile = FullPath + ".password";
        try
        {
            await WritePrivateAsync(passwordFile, password, cancellationToken);
            if (Account is not null)
            {
                await Account.OwnAsync(making, cancellationToken);
                await Account.OwnAsync(passwordFile, cancellationToken);
            }
            await Command.RunAsync(binaries.Initdb, ["--pgdata", making, "--username", userName, "--pwfile", passwordFile,
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync", "--no-instructions", .. Locale(binaries)],
                Account, cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }
        if (Directory.Exists(FullPath))
            Directory.Delete(FullPath);
        Directory.Move(making, FullPath);
    }

    // Code point order and Unicode case mapping on every system. PostgreSQL 17 added a provider that is independent of the system.
    private static string[] Locale(PostgresBinaries binaries) => binaries.MajorVersion >= 17
        ? ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        : OperatingSystem.IsLinux() ? ["--locale", "C.UTF-8", "--lc-messages", "C"] : ["--locale", "C"];

    private async Task SetPasswordAsync(PostgresBinaries binaries, string userName, string password,
        CancellationToken cancellationToken)
    {
        var statement = $"ALTER ROLE \"{userName.Replace("\"", "\"\"")}\" PASSWORD '{password.Replace("'", "''")}'\n";
        var (exitCode, output) = await Command.TryRunAsync(binaries.Postgres,
            ["--single", "-D", FullPath, "-c", "log_min_messages=error", "-c", "standard_conforming_strings=on", "postgres"],
            Account, cancellationToken, statement);
        if (exitCode != 0 || output.Contains("ERROR:", StringComparison.Ordinal))
            throw new LocalPostgresException($"Could not set the password of {userName} in {FullPath}: {output.Trim()}");
    }

    private static async Task WritePrivateAsync(string file, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(file, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }
}
