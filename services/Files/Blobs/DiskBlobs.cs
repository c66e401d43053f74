using Microsoft.Extensions.Options;

namespace ShTP.Files.Blobs;

/// <summary>Stored bytes as files <c>folder/ab/cd/abcd....png</c> on a local disk.</summary>
internal sealed class DiskBlobs(IOptions<FilesOptions> options) : IBlobStorage
{
    private readonly string _root = Path.GetFullPath(options.Value.Directory);

    public Task PutAsync(BlobKey key, TemporaryFile content, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (File.Exists(path))
            return Task.CompletedTask;
        // Content first, then the name: after a power failure every existing name has its whole content.
        content.Stream.Flush(flushToDisk: true);
        var directory = Path.GetDirectoryName(path)!;
        var isNew = !Directory.Exists(directory);
        Directory.CreateDirectory(directory);
        File.Move(content.Path, path, overwrite: true);
        DirectoryEntries.Flush(directory);
        if (isNew)
        {
            for (var parent = Path.GetDirectoryName(directory)!; parent.Length >= _root.Length; parent = Path.GetDirectoryName(parent)!)
                DirectoryEntries.Flush(parent);
        }

        return Task.CompletedTask;
    }

    public Task<BlobContent?> FindAsync(BlobKey key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        return Task.FromResult(file.Exists
            ? new BlobContent(file.Length, file.LastWriteTimeUtc, file.FullName, () => Open(file.FullName))
            : null);
    }

    public Task DeleteAsync(BlobKey key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (File.Exists(path))
            File.Delete(path);
        return Task.CompletedTask;
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var probe = Path.Combine(_root, $".probe-{Guid.NewGuid():N}");
        await using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await file.WriteAsync(new byte[1], cancellationToken);
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private string PathOf(BlobKey key) => Path.Combine(_root, key.Folder, key.Name[..2], key.Name[2..4], key.Name);
}
