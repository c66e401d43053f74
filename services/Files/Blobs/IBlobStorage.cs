namespace ShTP.Files.Blobs;

/// <summary>The name of a blob: a folder per kind, and a file name derived from the content.</summary>
internal readonly record struct BlobKey(string Folder, string Name);

/// <summary>A stored blob.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="LastModified">When they were stored.</param>
/// <param name="LocalPath">The file that holds them, when it is on this machine.</param>
/// <param name="Open">Opens the content as a seekable stream, which the caller disposes.</param>
internal sealed record BlobContent(long Size, DateTimeOffset LastModified, string? LocalPath, Func<Stream> Open);

/// <summary>Stores blobs by name: on a local disk, or in an S3-compatible service.</summary>
internal interface IBlobStorage
{
    /// <summary>Stores the content durably, unless the name is already stored. May take the file over.</summary>
    Task PutAsync(BlobKey key, TemporaryFile content, CancellationToken cancellationToken);

    /// <summary>The blob, or null when there is none.</summary>
    Task<BlobContent?> FindAsync(BlobKey key, CancellationToken cancellationToken);

    /// <summary>Deletes the content, if it exists.</summary>
    Task DeleteAsync(BlobKey key, CancellationToken cancellationToken);

    /// <summary>Throws when the storage is not available.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
