using Microsoft.EntityFrameworkCore;

namespace ShTP.Auth.Sessions;

/// <summary>Ends sessions and revokes their access tokens in one statement.</summary>
internal static class SessionEnding
{
    /// <summary>
    /// Ends a user's open sessions: one, all, or all but one. Returns their number. Revocations are kept for <paramref
    /// name="memory"/>, counted from the last use when that is in the future, which means that a clock was set back.
    /// </summary>
    public static Task<int> EndSessionsAsync(
        this AuthDb db, Guid user, Guid? only, Guid? except, DateTimeOffset now, TimeSpan memory, CancellationToken cancellationToken) =>
        db.Database.CreateExecutionStrategy().ExecuteAsync(token => db.Database.ExecuteSqlAsync($"""
            WITH ended AS (
                UPDATE sessions SET ended_at = {now}
                WHERE user_id = {user} AND ended_at IS NULL
                  AND ({only}::uuid IS NULL OR id = {only}) AND ({except}::uuid IS NULL OR id <> {except})
                RETURNING id, last_used_at)
            INSERT INTO revocations (session_id, expired_only, forget_at) SELECT id, false, greatest({now}, last_used_at) + {memory} FROM ended
            """, token), cancellationToken);
}
