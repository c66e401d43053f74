using Microsoft.EntityFrameworkCore;
using ShTP.AuditChain;
using ShTP.Data.Retention;

namespace ShTP.Data.Audit;

/// <summary>
/// Removes the beginning of the chain when its time is over, as docs/audit.md describes it: an entry names the last one that
/// goes, with its hash, and when that entry is sealed, what it names is deleted. An entry is worth it for a full batch, or
/// once in a month.
/// </summary>
internal static class AuditRetention
{
    private const string Actor = "retention";

    // Without parameters, so that the index of these entries answers it.
    private const string DeleteNamed =
        $"""
        DELETE FROM audit WHERE number <= (
            SELECT max((after::jsonb ->> 'number')::bigint) FROM audit WHERE action = '{AuditActions.Removed}' AND actor_service = '{Actor}' AND number IS NOT NULL)
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromDays(30);

    public static RetentionRule<TContext> Rule<TContext>(TimeSpan kept)
        where TContext : DbContext =>
        RetentionRule.Change("audit", async (TContext db, DateTimeOffset now, int count, CancellationToken cancellationToken) =>
        {
            var deleted = await db.Database.ExecuteSqlRawAsync(DeleteNamed, cancellationToken);
            if (deleted == 0)
                await NameAsync(db, now, now - kept, count, cancellationToken);
            return deleted;
        });

    private static Task<int> NameAsync(DbContext db, DateTimeOffset now, DateTimeOffset end, int count, CancellationToken cancellationToken)
    {
        var (id, late) = (Guid.CreateVersion7(now), end - Patience);
        return db.Database.ExecuteSqlAsync(
            $"""
            WITH first AS MATERIALIZED (SELECT number, at FROM audit WHERE number IS NOT NULL ORDER BY number LIMIT {count}),
            due AS (
                SELECT max(number) AS number, count(*) AS rows, min(at) AS oldest FROM first
                WHERE number < coalesce((SELECT min(number) FROM first WHERE at >= {end}), 9223372036854775807))
            INSERT INTO audit (id, at, action, is_refused, subject_ids, actor_service, after)
            SELECT {id}, {now}, {AuditActions.Removed}, false, ARRAY[]::uuid[], {Actor}, json_build_object('number', number, 'hash', encode(hash, 'hex'))::text
            FROM audit JOIN due USING (number)
            WHERE (rows = {count} OR oldest < {late})
                AND NOT EXISTS (SELECT FROM audit AS waiting WHERE waiting.action = {AuditActions.Removed} AND waiting.number IS NULL)
            """, cancellationToken);
    }
}
