using System.Security.Cryptography;
using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres;

/// <summary>
/// The private temporary directory of one cluster: its socket and, for a throw-away cluster, its data.
/// Those that killed processes left behind are removed when the next one is made.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private const string Prefix = "shtp-pg-";
    private const string OwnerLock = "owner.lock";

    private readonly FileStream _owner;

    private RunDirectory(string path, FileStream owner)
    {
        FullPath = path;
        _owner = owner;
    }

    public string FullPath { get; }

    public string Socket => Path.Combine(FullPath, "socket");

    public string ThrowAwayData => Path.Combine(FullPath, "data");

    public static async Task<RunDirectory> CreateAsync(ServerAccount? account, CancellationToken cancellationToken)
    {
        var parent = Path.GetTempPath();
        if (account is not null && !await account.CanReachAsync(parent, cancellationToken))
            parent = "/tmp";
        RemoveAbandoned(parent);

        while (true)
        {
            // Short: the path of a Unix socket may have about a hundred characters.
            var path = Path.Combine(parent, Prefix + RandomNumberGenerator.GetHexString(8, lowercase: true));
            CreatePrivate(path);
            // Null when another process removes it as abandoned right now. Then another one is created.
            if (FileLock.TryTake(Path.Combine(path, OwnerLock)) is not { } owner)
                continue;
            var directory = new RunDirectory(path, owner);
            CreatePrivate(directory.Socket);
            if (account is not null)
                await account.OwnAsync(path, cancellationToken);
            return directory;
        }
    }

    public void Dispose()
    {
        _owner.Dispose();
        Directory.Delete(FullPath, recursive: true);
    }

    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void RemoveAbandoned(string parent)
    {
        foreach (var path in Directory.EnumerateDirectories(parent, Prefix + "*"))
            try
            {
                var file = Path.Combine(path, OwnerLock);
                if (!File.Exists(file) || PostmasterFile.Read(Path.Combine(path, "data")) is { IsAlive: true })
                    continue;
                using (var abandoned = FileLock.TryTake(file))
                    if (abandoned is not null)
                        Directory.Delete(path, recursive: true);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                // Owned by another user, or being removed by another process.
            }
    }
}
