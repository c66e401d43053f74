using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Data;
using ShTP.Files.Blobs;

namespace ShTP.Files.StoredFiles;

/// <summary>Deletes files without claims after the grace period, and blobs without files, in small batches.</summary>
internal sealed class Collector(FilesDb db, IBlobStorage storage, IOptions<FilesOptions> options, TimeProvider clock)
{
    private const int FilesPerBatch = 500;
    private const int BlobsPerBatch = 20; // their rows stay locked during the deletion

    /// <summary>Collects everything that is due; returns the numbers of deleted files and blobs.</summary>
    public async Task<(int Files, int Blobs)> CollectAsync(CancellationToken cancellationToken)
    {
        var (files, blobs) = (0, 0);
        while (await InTurnAsync(() => CollectFilesAsync(cancellationToken), cancellationToken) is { Seen: > 0 } batch)
            files += batch.Removed;
        while (await InTurnAsync(() => CollectBlobsAsync(cancellationToken), cancellationToken) is { Seen: > 0 } batch)
            blobs += batch.Removed;
        return (files, blobs);
    }

    private readonly record struct Batch(int Seen, int Removed);

    /// <summary>One transaction on one replica. It is skipped while another replica collects.</summary>
    private async Task<Batch> InTurnAsync(Func<Task<Batch>> collect, CancellationToken cancellationToken) =>
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.BeginAsync(cancellationToken);
            var isMyTurn = await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock(hashtextextended({AdvisoryLocks.FileCollector}, {AdvisoryLocks.Files})) AS \"Value\"").SingleAsync(cancellationToken);
            if (!isMyTurn)
                return default;
            var batch = await collect();
            await transaction.CommitAsync(cancellationToken);
            return batch;
        });

    private async Task<Batch> CollectFilesAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Value.Grace;
        // A claim locks the file's row first, so a locked row is being claimed. The others are checked again under the lock.
        var due = await db.Files.FromSql(
            $"SELECT * FROM files WHERE unclaimed_since < {before} ORDER BY unclaimed_since LIMIT {FilesPerBatch} FOR UPDATE SKIP LOCKED")
            .AsNoTracking().ToListAsync(cancellationToken);
        if (due.Count == 0)
            return default;
        var ids = due.Select(f => f.Id).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH locked AS (
                SELECT folder, name FROM blobs WHERE (folder, name) IN (SELECT folder, name FROM files WHERE id = ANY ({ids}))
                ORDER BY folder, name FOR NO KEY UPDATE)
            UPDATE blobs b SET maybe_unused = true FROM locked l WHERE b.folder = l.folder AND b.name = l.name
            """, cancellationToken);
        return new Batch(due.Count, await db.Files.Where(f => ids.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken));
    }

    private async Task<Batch> CollectBlobsAsync(CancellationToken cancellationToken)
    {
        var candidates = await db.Blobs.FromSql(
            $"SELECT * FROM blobs WHERE maybe_unused ORDER BY folder, name LIMIT {BlobsPerBatch} FOR UPDATE SKIP LOCKED")
            .AsNoTracking().ToListAsync(cancellationToken);
        var removed = 0;
        foreach (var blob in candidates)
        {
            // A separate statement sees what was committed before the row was locked, and the lock keeps new files out.
            var isUsed = await db.Files.AnyAsync(f => f.Folder == blob.Folder && f.Name == blob.Name, cancellationToken);
            var row = db.Blobs.Where(b => b.Folder == blob.Folder && b.Name == blob.Name);
            if (isUsed)
            {
                await row.ExecuteUpdateAsync(s => s.SetProperty(b => b.MaybeUnused, false), cancellationToken);
                continue;
            }

            await storage.DeleteAsync(blob.Key, cancellationToken);
            removed += await row.ExecuteDeleteAsync(cancellationToken);
        }

        return new Batch(candidates.Count, removed);
    }
}
