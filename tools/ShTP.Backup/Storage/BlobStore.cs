namespace ShTP.Backup.Storage;

/// <summary>
/// Content of Files under its SHA-256, once for all backups: <c>ab/abcd...</c>, and <c>ab/abcd....KEYID</c> when it is
/// encrypted to a key.
/// </summary>
internal sealed class BlobStore(string path)
{
    private const string Temporary = ".tmp";

    /// <summary>The name of content with that SHA-256, encrypted to that key.</summary>
    public static string NameOf(string hash, string? keyId) => keyId is null ? hash : $"{hash}.{keyId}";

    public string PathOf(string hash, string? keyId) => Path.Combine(path, hash[..2], NameOf(hash, keyId));

    /// <summary>Stores content under its name, whole or not at all. It is durable after the next <see cref="Disk.Flush"/>.</summary>
    /// <param name="hash">The SHA-256 of the content.</param>
    /// <param name="keyId">The key that it is encrypted to.</param>
    /// <param name="write">Writes the file of that name.</param>
    public async Task<StoredContent> PutAsync(string hash, string? keyId, Func<string, Task<StoredContent>> write)
    {
        var target = PathOf(hash, keyId);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Guid.NewGuid():N}{Temporary}";
        try
        {
            var stored = await write(temporary);
            File.Move(temporary, target, overwrite: true);
            return stored;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Deletes everything else, and returns how many contents.</summary>
    public int DeleteAllBut(IReadOnlySet<string> names)
    {
        if (!Directory.Exists(path))
            return 0;
        var deleted = 0;
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(file => !names.Contains(Path.GetFileName(file))).ToList())
        {
            File.Delete(file);
            if (!file.EndsWith(Temporary, StringComparison.Ordinal))
                deleted++;
        }

        return deleted;
    }
}
