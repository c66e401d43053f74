using System.Collections.Concurrent;
using System.Security.Cryptography;
using ShTP.Backup.Making;
using ShTP.Backup.Postgres;
using ShTP.Backup.Sealing;
using ShTP.Backup.Storage;
using ShTP.LocalPostgres;

namespace ShTP.Backup.Restoring;

/// <summary>Whether backups can be restored: every file is there, as it was written, and can be read.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="key">The private key; null for backups that are not encrypted, or to check only whether they are as they were written.</param>
/// <param name="binaries">The folder of pg_restore; null to look for it.</param>
internal sealed class BackupCheck(BackupFolder folder, SealingKey? key, string? binaries)
{
    private const int AtOnce = 4;

    // Content that several backups share is read once.
    private readonly ConcurrentDictionary<(string File, string Sha256, long Size), string?> _known = new();

    /// <summary>What is wrong with the backup; nothing when it is whole.</summary>
    /// <exception cref="BackupException">Its manifest cannot be read, or it is encrypted to another key.</exception>
    /// <exception cref="LocalPostgresException">There is no pg_restore for it.</exception>
    public async Task<IReadOnlyList<string>> FindFaultsAsync(string name, CancellationToken cancellationToken)
    {
        var manifest = await folder.ReadAsync(name, cancellationToken);
        RequireKey(name, manifest, isNeeded: false);
        var faults = new ConcurrentBag<string>();
        var programs = await ClientPrograms.FindAsync(binaries, manifest.Postgres, cancellationToken);
        foreach (var database in manifest.Databases)
        {
            if (await FindFaultAsync(folder.PathOf(name), manifest, database, programs, cancellationToken) is { } fault)
                faults.Add(fault);
        }

        var stored = manifest.Files.Where(file => file.State == FileState.Stored).DistinctBy(file => file.Hash);
        await Parallel.ForEachAsync(stored, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (file, cancellation) =>
        {
            if (await FindFaultAsync(manifest, file, cancellation) is { } fault)
                faults.Add(fault);
        });
        return [.. faults.Order(StringComparer.Ordinal)];
    }

    /// <summary>Refuses a key that is missing or another one.</summary>
    /// <exception cref="BackupException">It is.</exception>
    public void RequireKey(string name, Manifest manifest, bool isNeeded)
    {
        if (manifest.KeyId is null)
            return;
        if (key is null && isNeeded)
            throw new BackupException($"{name} is encrypted to the key {manifest.KeyId}: name the file with its private key by --private-key.");
        if (key is not null && key.Id != manifest.KeyId)
            throw new BackupException($"{name} is encrypted to the key {manifest.KeyId}, and the private key is {key.Id}.");
    }

    private async Task<string?> FindFaultAsync(string path, Manifest manifest, DatabaseEntry database, ClientPrograms programs, CancellationToken cancellationToken)
    {
        var file = Path.Combine(path, database.FileName);
        if (await StoredContent.FindFaultAsync(file, database.Sha256, database.Size, cancellationToken) is { } fault)
            return fault;
        if (manifest.KeyId is not null && key is null)
            return null;
        try
        {
            await PostgresProgram.RunAsync(programs.PgRestore, ["--list"], new Dictionary<string, string> { ["LC_ALL"] = "C" },
                (input, token) => StoredContent.ReadAsync(file, input, KeyOf(manifest), BackupMaker.PurposeOf(database.Name), token), drain: null, cancellationToken);
            return null;
        }
        catch (BackupException unreadable)
        {
            return $"{file} cannot be restored: {unreadable.Message}";
        }
    }

    private async Task<string?> FindFaultAsync(Manifest manifest, FileEntry entry, CancellationToken cancellationToken)
    {
        var file = folder.Blobs.PathOf(entry.Hash, manifest.KeyId);
        if (_known.TryGetValue((file, entry.Sha256!, entry.StoredSize), out var known))
            return known;
        var fault = await StoredContent.FindFaultAsync(file, entry.Sha256!, entry.StoredSize, cancellationToken);
        if (fault is null && KeyOf(manifest) is { } opener)
            fault = await FindFaultInsideAsync(file, entry, opener, cancellationToken);
        return _known[(file, entry.Sha256!, entry.StoredSize)] = fault;
    }

    private static async Task<string?> FindFaultInsideAsync(string file, FileEntry entry, SealingKey opener, CancellationToken cancellationToken)
    {
        using var hash = SHA256.Create();
        try
        {
            await using (var hashing = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
                await StoredContent.ReadAsync(file, hashing, opener, entry.Hash, cancellationToken);
        }
        catch (BackupException unreadable)
        {
            return unreadable.Message;
        }

        return Convert.ToHexStringLower(hash.Hash!) == entry.Hash ? null : $"{file} has other content than its name says";
    }

    private SealingKey? KeyOf(Manifest manifest) => manifest.KeyId is null ? null : key;
}
