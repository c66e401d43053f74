namespace ShTP.Files.Blobs;

/// <summary>Names stored bytes: a folder per kind, and in it a name that the content decides.</summary>
public readonly record struct BlobKey(string Folder, string Name);

/// <summary>Stored bytes that were found.</summary>
/// <param name="Size">In bytes.</param>
/// <param name="LastModified">When they were stored.</param>
/// <param name="LocalPath">The file that holds them, when it is on this machine.</param>
/// <param name="Open">Opens the content as a seekable stream, which the caller disposes.</param>
public sealed record BlobContent(long Size, DateTimeOffset LastModified, string? LocalPath, Func<Stream> Open);

/// <summary>Keeps bytes by name: on a local disk, or in an S3-compatible service.</summary>
public interface IBlobStorage
{
    /// <summary>Stores the content durably, unless the name is already stored. May take the file over.</summary>
    Task PutAsync(BlobKey key, TemporaryFile content, CancellationToken cancellationToken);

    /// <summary>The stored bytes, or null when there are none of that name.</summary>
    Task<BlobContent?> FindAsync(BlobKey key, CancellationToken cancellationToken);

    /// <summary>Deletes the content, if it exists.</summary>
    Task DeleteAsync(BlobKey key, CancellationToken cancellationToken);

    /// <summary>Throws when the storage cannot be used now.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
