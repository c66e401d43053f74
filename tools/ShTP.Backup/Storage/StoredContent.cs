using System.Security.Cryptography;
using ShTP.Backup.Sealing;

namespace ShTP.Backup.Storage;

/// <summary>A file of a backup: sealed when there is a key, otherwise as it is.</summary>
/// <param name="Sha256">Of the file.</param>
/// <param name="Size">Of the file, in bytes.</param>
internal sealed record StoredContent(string Sha256, long Size)
{
    private const int BufferLength = 128 * 1024;

    /// <summary>Writes a stream to a new file, which is durable after the next <see cref="Disk.Flush"/>.</summary>
    public static async Task<StoredContent> WriteAsync(string file, Stream content, SealingKey? key, string purpose, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferLength, FileOptions.Asynchronous);
        using var hash = SHA256.Create();
        await using (var hashing = new CryptoStream(stream, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            if (key is null)
                await content.CopyToAsync(hashing, BufferLength, cancellationToken);
            else
                await SealedStreams.SealAsync(content, hashing, key, purpose, cancellationToken);
        }

        await stream.FlushAsync(cancellationToken);
        if (!Disk.CanFlush)
            stream.Flush(flushToDisk: true);
        return new StoredContent(Convert.ToHexStringLower(hash.Hash!), stream.Length);
    }

    /// <summary>Writes the content of a file to a stream. What was written before an exception must not be used.</summary>
    /// <exception cref="BackupException">It cannot be opened with the key.</exception>
    public static async Task ReadAsync(string file, Stream target, SealingKey? key, string purpose, CancellationToken cancellationToken)
    {
        await using var stream = Open(file);
        if (key is null)
        {
            await stream.CopyToAsync(target, BufferLength, cancellationToken);
            return;
        }

        try
        {
            await SealedStreams.OpenAsync(stream, target, key, purpose, cancellationToken);
        }
        catch (BackupException fault)
        {
            throw new BackupException($"{file} cannot be decrypted: {fault.Message}.", fault);
        }
    }

    /// <summary>What is wrong with a file, or null when it is as it was written.</summary>
    public static async Task<string?> FindFaultAsync(string file, string sha256, long size, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            return $"{file} is missing";
        await using var stream = Open(file);
        if (stream.Length != size)
            return $"{file} has {stream.Length} bytes instead of {size}";
        var actual = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
        return actual == sha256 ? null : $"{file} is damaged: its SHA-256 is {actual} instead of {sha256}";
    }

    private static FileStream Open(string file) =>
        new(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferLength, FileOptions.Asynchronous | FileOptions.SequentialScan);
}
