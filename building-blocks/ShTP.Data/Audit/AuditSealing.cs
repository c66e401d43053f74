using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using ShTP.AuditChain;

namespace ShTP.Data.Audit;

/// <summary>Numbers and hashes entries that are committed. Not when they are written: then each would wait for the commit of the one before.</summary>
internal static class AuditSealing
{
    /// <summary>Most entries of one transaction.</summary>
    public const int Batch = 500;

    /// <summary>Seals up to <see cref="Batch"/> entries; several processes do so one after the other.</summary>
    public static Task<SealedBatch> SealAsync(DbContext db, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.AuditSealing})", cancellation);
        var entries = await db.Set<AuditEntry>().AsNoTracking().Where(entry => entry.Number == null)
            .OrderBy(entry => entry.Id).Take(Batch).ToListAsync(cancellation);
        if (entries.Count == 0)
            return new SealedBatch(0, 0);
        var head = await FindHeadAsync(db, cancellation);
        var (number, hash) = (head?.Number ?? 0, head?.Hash ?? ChainHash.Start.ToArray());
        var (numbers, hashes) = (new List<long>(), new List<byte[]>());
        foreach (var entry in entries)
        {
            hash = ChainHash.Of(hash, ++number, entry.ToContent());
            numbers.Add(number);
            hashes.Add(hash);
        }

        await db.Database.ExecuteSqlRawAsync(AuditSql.Seal,
            [
                new NpgsqlParameter<Guid[]>("ids", [.. entries.Select(entry => entry.Id)]),
                new NpgsqlParameter<long[]>("numbers", [.. numbers]),
                new NpgsqlParameter("hashes", NpgsqlDbType.Array | NpgsqlDbType.Bytea) { Value = hashes.ToArray() },
            ], cancellation);
        return new SealedBatch(entries.Count, entries.Count(entry => entry.Action != AuditActions.Anchor));
    }, cancellationToken);

    /// <summary>The last sealed entry.</summary>
    public static Task<ChainHead?> FindHeadAsync(DbContext db, CancellationToken cancellationToken) => db.Set<AuditEntry>().AsNoTracking()
        .Where(entry => entry.Number != null).OrderByDescending(entry => entry.Number)
        .Select(entry => new ChainHead(entry.Number!.Value, entry.Hash!)).FirstOrDefaultAsync(cancellationToken);
}

/// <summary>What one transaction sealed.</summary>
/// <param name="Count">How many entries.</param>
/// <param name="Own">How many of them are no anchors: two services would anchor each other's anchors for ever.</param>
internal sealed record SealedBatch(int Count, int Own);

/// <summary>The end of a chain.</summary>
internal sealed record ChainHead(long Number, byte[] Hash);
