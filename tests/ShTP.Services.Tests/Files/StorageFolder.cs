using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using ShTP.Files;
using ShTP.Files.Blobs;

namespace ShTP.Services.Tests.Files;

/// <summary>A directory of one test, and the storage in it.</summary>
internal sealed class StorageFolder : IDisposable
{
    public StorageFolder()
        : this(Directory.CreateTempSubdirectory("shtp-files-").FullName)
    {
    }

    public StorageFolder(string path) => (Path, Options) = (path, new FilesOptions { Directory = path });

    public static string LinkKey { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public string Path { get; }

    public FilesOptions Options { get; }

    public DiskBlobs Disk() => new(Microsoft.Extensions.Options.Options.Create(Options));

    public TemporaryFiles Temporary() => new(Microsoft.Extensions.Options.Options.Create(Options), NullLogger<TemporaryFiles>.Instance);

    /// <summary>All files in it but locks of living processes.</summary>
    public string[] Contents() => [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
        .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Select(f => System.IO.Path.GetRelativePath(Path, f))];

    public static string NameOf(byte[] content, string extension) => $"{Convert.ToHexStringLower(SHA256.HashData(content))}.{extension}";

    public static async Task<BlobKey> PutAsync(IBlobStorage storage, TemporaryFiles temporary, string folder, byte[] content, string extension, CancellationToken cancellationToken)
    {
        var key = new BlobKey(folder, NameOf(content, extension));
        await using var file = temporary.Create();
        await file.Stream.WriteAsync(content, cancellationToken);
        await storage.PutAsync(key, file, cancellationToken);
        return key;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
