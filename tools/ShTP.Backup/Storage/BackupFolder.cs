using System.Globalization;
using System.Text.RegularExpressions;

namespace ShTP.Backup.Storage;

/// <summary>
/// The folder of all backups:
/// <code>
/// 2026-11-29T201503.123Z/manifest.json, usersdb.dump, ...   one backup
/// blobs/ab/abcd...                                          content of Files, shared by all of them
/// .lock                                                     held by who uses the folder
/// </code>
/// </summary>
internal sealed partial class BackupFolder : IDisposable
{
    private const string LockName = ".lock";

    // Its name is no name of a backup until it is whole.
    private const string Unfinished = ".unfinished-";
    private const string TimeForm = "yyyy-MM-dd'T'HHmmss.fff'Z'";

    private readonly FileStream? _lock;

    private BackupFolder(string path, FileStream? held)
    {
        (Path, _lock) = (path, held);
        Blobs = new BlobStore(System.IO.Path.Combine(path, "blobs"));
    }

    public string Path { get; }

    public BlobStore Blobs { get; }

    /// <summary>Whether it is the name of a backup.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>For a new backup, alone. Creates the folder, and removes what killed runs have left.</summary>
    /// <exception cref="BackupException">It is in use, or cannot be written to.</exception>
    public static BackupFolder OpenToWrite(string path)
    {
        try
        {
            var folder = Directory.CreateDirectory(path).FullName;
            var opened = new BackupFolder(folder, Lock(folder, FileAccess.ReadWrite, FileShare.None));
            foreach (var left in Directory.EnumerateDirectories(folder, Unfinished + "*").ToList())
                Directory.Delete(left, recursive: true);
            return opened;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"{path} cannot be written to: {fault.Message}", fault);
        }
    }

    /// <summary>To read backups, beside others that read.</summary>
    /// <exception cref="BackupException">It is not there, or in use.</exception>
    public static BackupFolder OpenToRead(string path)
    {
        if (!Directory.Exists(path))
            throw new BackupException($"There is no folder '{path}'.");
        var folder = System.IO.Path.GetFullPath(path);
        // A copy on a read-only disk may have no lock, and needs none.
        return new BackupFolder(folder, File.Exists(System.IO.Path.Combine(folder, LockName)) ? Lock(folder, FileAccess.Read, FileShare.Read) : null);
    }

    /// <summary>The moment of the newest backup, also while another program uses the folder; null when there is none.</summary>
    public static DateTimeOffset? NewestIn(string path) =>
        Directory.Exists(path) && ListIn(path) is [.., var newest] ? DateTimeOffset.ParseExact(newest, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    /// <summary>The names of all backups, the oldest first.</summary>
    public IReadOnlyList<string> List() => ListIn(Path);

    /// <summary>The backup of that name, or the newest when the name is empty.</summary>
    /// <exception cref="BackupException">There is none.</exception>
    public string Find(string name)
    {
        var all = List();
        if (all.Count == 0)
            throw new BackupException($"There is no backup in {Path}.");
        if (name.Length == 0)
            return all[^1];
        return all.Contains(name) ? name : throw new BackupException($"There is no backup {name} in {Path}; there are {string.Join(", ", all.TakeLast(10))}{(all.Count > 10 ? " and older ones" : "")}.");
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public Task<Manifest> ReadAsync(string name, CancellationToken cancellationToken) =>
        Manifest.ReadAsync(System.IO.Path.Combine(PathOf(name), Manifest.FileName), cancellationToken);

    /// <summary>A folder for a new backup, which is none before <see cref="Finish"/>.</summary>
    public string Begin() => Directory.CreateDirectory(PathOf(Unfinished + Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Makes the folder the backup of its moment, and returns its name.</summary>
    public string Finish(string unfinished, DateTimeOffset takenAt)
    {
        var name = takenAt.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture);
        Disk.Flush(Path);
        Directory.Move(unfinished, PathOf(name));
        Disk.Flush(Path);
        return name;
    }

    /// <summary>Deletes all backups but the newest, and content that none of the others names. Returns how many backups and contents went.</summary>
    /// <param name="keep">How many stay; 0 for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">A manifest is damaged: then no content is deleted.</exception>
    public async Task<(int Backups, int Blobs)> PruneAsync(int keep, CancellationToken cancellationToken)
    {
        var all = List();
        var old = keep == 0 ? [] : all.SkipLast(keep).ToList();
        // All manifests are read first: one that cannot be read may name anything.
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in all.Except(old))
        {
            var manifest = await ReadAsync(name, cancellationToken);
            needed.UnionWith(manifest.Files.Where(file => file.State == FileState.Stored).Select(file => BlobStore.NameOf(file.Hash, manifest.KeyId)));
        }

        foreach (var name in old)
        {
            // Without a manifest it is no backup: a run that is killed here leaves none whose content is gone.
            File.Delete(System.IO.Path.Combine(PathOf(name), Manifest.FileName));
            Directory.Delete(PathOf(name), recursive: true);
        }

        return (old.Count, Blobs.DeleteAllBut(needed));
    }

    public void Dispose() => _lock?.Dispose();

    private static string[] ListIn(string path) =>
    [
        .. Directory.EnumerateDirectories(path).Select(directory => System.IO.Path.GetFileName(directory))
            .Where(name => IsName(name) && File.Exists(System.IO.Path.Combine(path, name, Manifest.FileName)))
            .Order(StringComparer.Ordinal),
    ];

    private static FileStream Lock(string folder, FileAccess access, FileShare share)
    {
        var file = System.IO.Path.Combine(folder, LockName);
        try
        {
            return new FileStream(file, access == FileAccess.Read ? FileMode.Open : FileMode.OpenOrCreate, access, share, bufferSize: 1);
        }
        catch (IOException fault) when (fault is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new BackupException($"{folder} is in use by another backup, check or restore ({fault.Message})", fault);
        }
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{6}\.[0-9]{3}Z\z")]
    private static partial Regex Name();
}
