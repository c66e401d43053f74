using Microsoft.EntityFrameworkCore;

namespace ShTP.Notifications.Messages;

/// <summary>
/// Marks notifications as read. All calls lock rows in one order, newest first, before they change any, so two calls of
/// one user cannot deadlock. Without unread notifications there is no write.
/// </summary>
internal static class Reading
{
    // Longer than the gateway takes to settle a response. After it a response that was not settled counts as lost.
    private static readonly TimeSpan SettlingLimit = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Takes the newest unread notifications, in any order, and those of lost responses, for one response. Concurrent
    /// calls return different ones: rows that another call locks are skipped.
    /// </summary>
    public static Task<Taken> TakeAsync(this NotificationsDb db, Guid user, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lost = now - SettlingLimit;
        return db.Database.CreateExecutionStrategy().ExecuteAsync(async cancellation =>
        {
            // New for each attempt: what one took whose result was lost must not be settled together with what the next one takes.
            var delivery = Guid.CreateVersion7(now);
            var notifications = await db.Notifications.FromSql(
                $"""
                UPDATE notifications SET viewed = true, updated_at = {now}, delivery = {delivery}
                WHERE id = ANY (ARRAY(
                    SELECT id FROM notifications WHERE user_id = {user} AND NOT viewed
                    ORDER BY sequence DESC LIMIT {limit} FOR UPDATE SKIP LOCKED)
                || ARRAY(
                    SELECT id FROM notifications WHERE user_id = {user} AND delivery IS NOT NULL AND viewed AND updated_at < {lost}
                    ORDER BY sequence DESC LIMIT {limit} FOR UPDATE SKIP LOCKED))
                RETURNING *
                """).AsNoTracking().ToListAsync(cancellation);
            return new Taken(delivery, notifications);
        }, cancellationToken);
    }

    /// <summary>Whether anything of the user is unread, or in a response that may be lost.</summary>
    public static Task<Waiting> FindWaitingAsync(this NotificationsDb db, Guid user, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<Waiting>(
            $"""
            SELECT EXISTS (SELECT FROM notifications WHERE user_id = {user} AND NOT viewed) AS unread,
                   EXISTS (SELECT FROM notifications WHERE user_id = {user} AND delivery IS NOT NULL) AS unsettled
            """).SingleAsync(cancellationToken);

    /// <summary>The response has left, or it is lost and its notifications are unread again.</summary>
    public static Task SettleAsync(this NotificationsDb db, Guid user, Guid delivery, bool arrived, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE notifications SET delivery = NULL, viewed = {arrived}, updated_at = {now}
            WHERE id = ANY (ARRAY(
                SELECT id FROM notifications WHERE user_id = {user} AND delivery = {delivery}
                ORDER BY sequence DESC FOR UPDATE))
            """, cancellationToken);

    /// <summary>Marks all notifications of the user. Returns how many were unread.</summary>
    public static Task<int> MarkAllAsync(this NotificationsDb db, Guid user, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE notifications SET viewed = true, updated_at = {now}
            WHERE id = ANY (ARRAY(
                SELECT id FROM notifications WHERE user_id = {user} AND NOT viewed
                ORDER BY sequence DESC FOR UPDATE))
            """, cancellationToken);

    /// <summary>Marks those of the ids that belong to the user. Returns how many were unread.</summary>
    public static Task<int> MarkAsync(this NotificationsDb db, Guid user, Guid[] ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE notifications SET viewed = true, updated_at = {now}
            WHERE id = ANY (ARRAY(
                SELECT id FROM notifications WHERE id = ANY ({ids}) AND user_id = {user} AND NOT viewed
                ORDER BY sequence DESC FOR UPDATE))
            """, cancellationToken);

    /// <summary>
    /// Both counts scan the index entries of this user only. Stored counters would have to be updated for each of a
    /// thousand users in a broadcast.
    /// </summary>
    public static Task<Counts> CountAsync(this NotificationsDb db, Guid user, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<Counts>(
            $"""
            SELECT (SELECT count(*) FROM notifications WHERE user_id = {user} AND NOT viewed)::int AS unread,
                   (SELECT count(*) FROM notifications WHERE user_id = {user})::int AS total
            """).SingleAsync(cancellationToken);

    /// <summary>What one response shows.</summary>
    /// <param name="Delivery">By which it is settled.</param>
    /// <param name="Notifications">In any order.</param>
    internal sealed record Taken(Guid Delivery, List<Notification> Notifications);

    /// <summary>What waits for one user.</summary>
    internal sealed record Waiting(bool Unread, bool Unsettled);

    /// <summary>The counts of one user.</summary>
    internal sealed record Counts(int Unread, int Total);
}
