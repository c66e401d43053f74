using Microsoft.Extensions.Options;

namespace ShTP.Files.Blobs;

/// <summary>
/// Creates temporary files in a directory of this process, on the file system of the storage. Directories of killed
/// processes are removed at start; a lock file beside each directory shows whether its process runs.
/// </summary>
internal sealed class TemporaryFiles : IDisposable
{
    private const int Attempts = 5;

    private readonly string _directory;
    private readonly FileStream _aliveLock;

    public TemporaryFiles(IOptions<FilesOptions> options, ILogger<TemporaryFiles> logger)
    {
        Root = Path.Combine(Path.GetFullPath(options.Value.Directory), "tmp");
        Directory.CreateDirectory(Root);
        (_directory, _aliveLock) = Occupy(Root);
        foreach (var abandoned in Abandoned(Root))
        {
            logger.LogInformation("Removing temporary files that a stopped process left in {Directory}", abandoned);
            Directory.Delete(abandoned, recursive: true);
            File.Delete(abandoned + ".lock");
        }
    }

    /// <summary>The directory of all processes' temporary files.</summary>
    public string Root { get; }

    public TemporaryFile Create() => new(Path.Combine(_directory, Guid.NewGuid().ToString("N")));

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
        _aliveLock.Dispose();
    }

    private static (string Directory, FileStream Lock) Occupy(string root)
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = Path.Combine(root, Guid.NewGuid().ToString("N"));
            try
            {
                var held = new FileStream(path + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                Directory.CreateDirectory(path);
                return (path, held);
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Another starting process treated the new lock as abandoned.
            }
        }
    }

    private static IEnumerable<string> Abandoned(string root)
    {
        foreach (var candidate in Directory.EnumerateFiles(root, "*.lock").Select(l => l[..^".lock".Length])
                     .Concat(Directory.EnumerateDirectories(root)).Distinct().ToList())
        {
            FileStream taken;
            try
            {
                taken = new FileStream(candidate + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                continue; // held by a running process
            }

            using (taken)
            {
                Directory.CreateDirectory(candidate);
                yield return candidate;
            }
        }
    }
}
