using Microsoft.EntityFrameworkCore;

namespace ShTP.Achievements.Records;

/// <summary>
/// What the queue showed to a session. A decision that names no version is about that one. An achievement that never
/// changed has one version, which needs no record.
/// </summary>
internal sealed class ShownVersions(AchievementsDb db)
{
    /// <summary>Records a page of the queue, before it is sent: one statement, and none when no row of it ever changed.</summary>
    public async Task RecordAsync(IEnumerable<V1.Achievement> rows, Guid session, CancellationToken cancellationToken)
    {
        var changed = rows.Where(row => row.Version > Achievement.FirstVersion).ToList();
        if (changed.Count == 0)
            return;
        var ids = changed.Select(row => Guid.ParseExact(row.Uuid, "D")).ToArray();
        var versions = changed.Select(row => row.Version).ToArray();
        // Nothing is written for what was shown before. The lock is the one of the foreign key: what is being deleted is left
        // out, since the page would wait for that and fail.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO shown_versions (achievement_id, session_id, version)
            SELECT achievements.id, {session}, page.version
            FROM unnest({ids}, {versions}) AS page (id, version) JOIN achievements ON achievements.id = page.id
            WHERE NOT EXISTS (SELECT FROM shown_versions AS known WHERE known.achievement_id = page.id AND known.session_id = {session} AND known.version >= page.version)
            ORDER BY achievements.id
            FOR KEY SHARE OF achievements SKIP LOCKED
            ON CONFLICT (achievement_id, session_id) DO UPDATE SET version = excluded.version WHERE shown_versions.version < excluded.version
            """, cancellationToken);
    }

    /// <summary>The version that the session knows.</summary>
    public async Task<int> FindAsync(Achievement achievement, Guid session, CancellationToken cancellationToken) => achievement.Version == Achievement.FirstVersion
        ? Achievement.FirstVersion
        : await db.ShownVersions.Where(s => s.AchievementId == achievement.Id && s.SessionId == session)
            .Select(s => (int?)s.Version).SingleOrDefaultAsync(cancellationToken) ?? Achievement.FirstVersion;

    /// <summary>Forgets who was shown the achievement, when it is decided.</summary>
    public async Task ForgetAsync(Achievement achievement, CancellationToken cancellationToken)
    {
        if (achievement.Version > Achievement.FirstVersion)
            await db.ShownVersions.Where(s => s.AchievementId == achievement.Id).ExecuteDeleteAsync(cancellationToken);
    }
}
