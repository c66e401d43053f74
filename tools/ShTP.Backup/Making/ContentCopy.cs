using System.Collections.Concurrent;
using Npgsql;
using ShTP.Backup.Postgres;
using ShTP.Backup.Sealing;
using ShTP.Backup.Storage;

namespace ShTP.Backup.Making;

/// <summary>Copies the content that the snapshot of Files names, unless the folder of backups has it already.</summary>
/// <param name="source">Where Files keeps it.</param>
/// <param name="folder">Where it goes.</param>
/// <param name="key">To encrypt it; null not to.</param>
/// <param name="live">The running database of Files.</param>
internal sealed class ContentCopy(ContentFolder source, BackupFolder folder, SealingKey? key, Target live)
{
    private const int AtOnce = 4;

    // Content that some file has; Files deletes the rest.
    private const string Query = "SELECT b.folder, b.name, b.size FROM blobs b WHERE EXISTS (SELECT FROM files f WHERE f.folder = b.folder AND f.name = b.name) ORDER BY 1, 2";

    // An upload is entered before its content is stored, which takes a moment.
    private static readonly TimeSpan UploadLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private int _copied;

    /// <summary>How much was not there before.</summary>
    public int Copied => _copied;

    /// <summary>The entries of all content of the snapshot.</summary>
    /// <exception cref="BackupException">Files has a name that it does not give, or its database cannot be read.</exception>
    public async Task<IReadOnlyList<FileEntry>> RunAsync(DatabaseSnapshot files, CancellationToken cancellationToken)
    {
        var wanted = await files.ReadAsync(Query, row => new FileEntry(row.GetString(0), row.GetString(1), row.GetInt64(2), FileState.Lost), cancellationToken);
        if (wanted.Find(one => !FileEntry.IsName(one.Folder, one.Name)) is { } strange)
            throw new BackupException($"filesdb names content '{strange.Folder}/{strange.Name}', which no version of Files does.");
        var known = await KnownAsync(cancellationToken);
        var entries = new ConcurrentBag<FileEntry>();
        // Kinds do not share content in Files, and do here: one of the same hash is copied once.
        await Parallel.ForEachAsync(wanted.GroupBy(one => one.Hash), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (same, cancellation) =>
        {
            if (!known.TryGetValue(same.Key, out var stored))
                stored = await CopyAsync(same, cancellation);
            foreach (var one in same)
            {
                entries.Add(stored is not null
                    ? one with { State = FileState.Stored, Sha256 = stored.Sha256, StoredSize = stored.Size }
                    : one with { State = await IsThereAsync(one, cancellation) ? FileState.Lost : FileState.Withdrawn });
            }
        });
        return [.. entries.OrderBy(one => one.Folder, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal)];
    }

    /// <summary>What earlier backups have with the same key, by its hash. A file of another length was damaged since, and is copied again.</summary>
    private async Task<Dictionary<string, StoredContent>> KnownAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, StoredContent>(StringComparer.Ordinal);
        foreach (var name in folder.List())
        {
            Manifest manifest;
            try
            {
                manifest = await folder.ReadAsync(name, cancellationToken);
            }
            catch (BackupException)
            {
                // Its content is copied again. That it is damaged says the pruning after this backup, which then deletes nothing.
                continue;
            }

            if (manifest.KeyId != key?.Id)
                continue;
            foreach (var entry in manifest.Files.Where(entry => entry.State == FileState.Stored && !known.ContainsKey(entry.Hash)))
            {
                var file = new FileInfo(folder.Blobs.PathOf(entry.Hash, key?.Id));
                if (file.Exists && file.Length == entry.StoredSize)
                    known[entry.Hash] = new StoredContent(entry.Sha256!, entry.StoredSize);
            }
        }

        return known;
    }

    /// <summary>Null when the content does not come.</summary>
    private async Task<StoredContent?> CopyAsync(IEnumerable<FileEntry> same, CancellationToken cancellationToken)
    {
        for (var end = DateTime.UtcNow + UploadLimit; ; await Task.Delay(Interval, cancellationToken))
        {
            foreach (var entry in same)
            {
                await using var content = await source.OpenAsync(entry, cancellationToken);
                if (content is null)
                    continue;
                var stored = await folder.Blobs.PutAsync(entry.Hash, key?.Id, file => StoredContent.WriteAsync(file, content, key, entry.Hash, cancellationToken));
                Interlocked.Increment(ref _copied);
                return stored;
            }

            if (DateTime.UtcNow > end)
                return null;
            var isThere = false;
            foreach (var entry in same)
                isThere |= await IsThereAsync(entry, cancellationToken);
            if (!isThere)
                return null;
        }
    }

    /// <summary>Whether the running system still has a file with the content.</summary>
    private async Task<bool> IsThereAsync(FileEntry entry, CancellationToken cancellationToken)
    {
        await using var connection = await live.ConnectAsync(cancellationToken);
        return await live.NamedAsync(async () =>
        {
            await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM files WHERE folder = $1 AND name = $2)", connection) { Parameters = { new() { Value = entry.Folder }, new() { Value = entry.Name } } };
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        });
    }
}
