using Microsoft.EntityFrameworkCore;

namespace ShTP.Notifications.Messages;

/// <summary>
/// How notifications become read. All lock rows in one order, newest first, before they change any: two calls of one
/// user cannot wait for each other. Nothing is written when nothing is unread.
/// </summary>
internal static class Reading
{
    /// <summary>
    /// The newest unread ones, read from now on, in any order. Each goes to one of several simultaneous calls: what another
    /// one is taking is passed over.
    /// </summary>
    public static Task<List<Notification>> TakeAsync(this NotificationsDb db, Guid user, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Notifications.FromSql(
            $"""
            UPDATE notifications SET viewed = true, updated_at = {now}
            WHERE id = ANY (ARRAY(
                SELECT id FROM notifications WHERE user_id = {user} AND NOT viewed
                ORDER BY sequence DESC LIMIT {limit} FOR UPDATE SKIP LOCKED))
            RETURNING *
            """).AsNoTracking().ToListAsync(cancellationToken);

    /// <summary>Everything of the user is read. Returns how many were not.</summary>
    public static Task<int> MarkAllAsync(this NotificationsDb db, Guid user, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE notifications SET viewed = true, updated_at = {now}
            WHERE id = ANY (ARRAY(
                SELECT id FROM notifications WHERE user_id = {user} AND NOT viewed
                ORDER BY sequence DESC FOR UPDATE))
            """, cancellationToken);

    /// <summary>Those that are the user's are read. Returns how many were not.</summary>
    public static Task<int> MarkAsync(this NotificationsDb db, Guid user, Guid[] ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE notifications SET viewed = true, updated_at = {now}
            WHERE id = ANY (ARRAY(
                SELECT id FROM notifications WHERE id = ANY ({ids}) AND user_id = {user} AND NOT viewed
                ORDER BY sequence DESC FOR UPDATE))
            """, cancellationToken);

    /// <summary>
    /// Both counts run over what the index holds of this user alone. Counters that are kept instead would have to be
    /// written for each of a thousand users whenever all are told something.
    /// </summary>
    public static Task<Counts> CountAsync(this NotificationsDb db, Guid user, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<Counts>(
            $"""
            SELECT (SELECT count(*) FROM notifications WHERE user_id = {user} AND NOT viewed)::int AS unread,
                   (SELECT count(*) FROM notifications WHERE user_id = {user})::int AS total
            """).SingleAsync(cancellationToken);

    /// <summary>What one user has.</summary>
    public sealed record Counts(int Unread, int Total);
}
