using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Data;
using ShTP.Files.Blobs;
using ShTP.Rpc.Errors;

namespace ShTP.Files.StoredFiles;

/// <summary>Bytes and files of an owner.</summary>
internal sealed record Usage(long Bytes, int Files);

/// <summary>
/// The rows of an upload. A row is inserted before its content is stored, and protects it from the collector. The lock
/// of a blob's row serializes an upload and a collector with the same content.
/// </summary>
internal sealed class FileLedger(FilesDb db, IBlobStorage storage, IOptions<FilesOptions> options)
{
    public async Task<Usage> UsageAsync(Guid owner, CancellationToken cancellationToken) =>
        await db.Files.Where(f => f.OwnerId == owner).GroupBy(f => f.OwnerId)
            .Select(g => new Usage(g.Sum(f => f.Size), g.Count())).SingleOrDefaultAsync(cancellationToken) ?? new Usage(0, 0);

    /// <summary>Refuses an owner at the quota before content is received.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with reason QUOTA_EXCEEDED.</exception>
    public async Task CheckQuotaAsync(Guid owner, CancellationToken cancellationToken) =>
        RequireRoom(await UsageAsync(owner, cancellationToken), 1);

    /// <summary>Adds the file within its owner's quota, then stores the content. After a failure neither is kept.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED with reason QUOTA_EXCEEDED.</exception>
    public async Task StoreAsync(StoredFile file, TemporaryFile content, CancellationToken cancellationToken)
    {
        await EnterAsync(file, cancellationToken);
        try
        {
            await storage.PutAsync(file.Key, content, cancellationToken);
            // The owner may have been deleted and collected before the content was stored. Then the collector must run again.
            await db.Database.ExecuteSqlAsync(
                $"INSERT INTO blobs (folder, name, size, maybe_unused) VALUES ({file.Folder}, {file.Name}, {file.Size}, true) ON CONFLICT DO NOTHING", cancellationToken);
        }
        catch
        {
            await RemoveAsync(file);
            throw;
        }
    }

    private async Task EnterAsync(StoredFile file, CancellationToken cancellationToken) =>
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.BeginAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({AdvisoryLocks.FileQuota + file.OwnerId}, {AdvisoryLocks.Files}))", cancellationToken);
            RequireRoom(await UsageAsync(file.OwnerId, cancellationToken), file.Size);
            // The update only locks the row, which waits for a collector that holds it.
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO blobs (folder, name, size, maybe_unused) VALUES ({file.Folder}, {file.Name}, {file.Size}, false)
                ON CONFLICT (folder, name) DO UPDATE SET size = excluded.size
                """, cancellationToken);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO files (id, owner_id, kind, folder, name, content_type, size, original_name, created_at, unclaimed_since)
                VALUES ({file.Id}, {file.OwnerId}, {file.Kind}, {file.Folder}, {file.Name}, {file.ContentType}, {file.Size}, {file.OriginalName}, {file.CreatedAt}, {file.CreatedAt})
                ON CONFLICT (id) DO NOTHING
                """, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        });

    private async Task RemoveAsync(StoredFile file) =>
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.BeginAsync(CancellationToken.None);
            await db.Database.ExecuteSqlAsync($"UPDATE blobs SET maybe_unused = true WHERE folder = {file.Folder} AND name = {file.Name}");
            await db.Files.Where(f => f.Id == file.Id).ExecuteDeleteAsync();
            await transaction.CommitAsync();
        });

    private void RequireRoom(Usage usage, long size)
    {
        var limits = options.Value;
        if (usage.Bytes + size > limits.QuotaBytes)
            throw RpcErrors.QuotaExceeded($"The storage is full: {usage.Bytes} of {limits.QuotaBytes} bytes are used, {size} more do not fit");
        if (usage.Files >= limits.QuotaFiles)
            throw RpcErrors.QuotaExceeded($"The storage is full: it holds {usage.Files} of at most {limits.QuotaFiles} files");
    }
}
