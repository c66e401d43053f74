using System.Security.Cryptography;
using ShTP.Backup.Storage;

namespace ShTP.Backup.Making;

/// <summary>The content of Files on a disk, as Files lays it out: <c>folder/ab/cd/abcd....png</c>.</summary>
internal sealed class ContentFolder(string path)
{
    private const int BufferLength = 128 * 1024;

    /// <summary>Where content of that name is.</summary>
    public string PathOf(string folder, string name) => Path.Combine(path, folder, name[..2], name[2..4], name);

    /// <summary>Reads content that is there whole; null otherwise.</summary>
    public async Task<FileStream?> OpenAsync(FileEntry entry, CancellationToken cancellationToken)
    {
        var file = PathOf(entry.Folder, entry.Name);
        if (!File.Exists(file))
            return null;
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferLength, FileOptions.Asynchronous | FileOptions.SequentialScan);
        if (stream.Length == entry.Size && Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == entry.Hash)
        {
            stream.Position = 0;
            return stream;
        }

        await stream.DisposeAsync();
        return null;
    }
}
