using Microsoft.EntityFrameworkCore;
using ShTP.Data;
using ShTP.Data.Caching;

namespace ShTP.Notifications.Messages;

/// <summary>The only place that stores notifications.</summary>
internal static class Delivery
{
    /// <summary>The <c>LISTEN</c> channel for new notifications.</summary>
    public const string Channel = "notifications";

    /// <summary>On the channel: anybody may have something unread. Nothing means that there are new rows.</summary>
    public const string ToAnybody = "*";

    /// <summary>
    /// Stores <paramref name="notifications"/>, which have the same content, and notifies all replicas, in one
    /// transaction or in the surrounding one. The lock is held until the commit, so that sequence numbers become
    /// visible in order and a reader misses no smaller one. It is held briefly, because only the commit follows. One
    /// command and one round trip for any number of users.
    /// </summary>
    public static async Task DeliverAsync(this NotificationsDb db, IReadOnlyList<Notification> notifications, QuietUsers quiet, CancellationToken cancellationToken)
    {
        if (notifications is not [var first, ..])
            return;
        var ids = notifications.Select(n => n.Id).ToArray();
        var users = notifications.Select(n => n.UserId).ToArray();
        // Sorted, so that neighbours in the index of users are inserted one after the other.
        Array.Sort(users, ids);
        // If the first row exists, this is a retry after a commit whose result was lost.
        await db.Database.ExecuteSqlAsync(
            $"""
            SELECT pg_advisory_xact_lock({AdvisoryLocks.NotificationSequence});
            INSERT INTO notifications (id, user_id, type, data, source, viewed, created_at, updated_at)
            SELECT id, user_id, {first.Type}, {first.Data}::jsonb, {first.Source}, false, {first.CreatedAt}, {first.CreatedAt}
            FROM unnest({ids}, {users}) AS told (id, user_id)
            WHERE NOT EXISTS (SELECT FROM notifications WHERE id = {first.Id});
            SELECT pg_notify({Channel}, '')
            """,
            cancellationToken);
        db.AfterCommit(() => Array.ForEach(users, quiet.Wake));
    }

    /// <summary>Stores imported notifications in their order, in the surrounding transaction, without notifying streams.</summary>
    public static Task StoreQuietlyAsync(this NotificationsDb db, IReadOnlyList<Notification> notifications, CancellationToken cancellationToken)
    {
        var ids = notifications.Select(n => n.Id).ToArray();
        var users = notifications.Select(n => n.UserId).ToArray();
        var types = notifications.Select(n => n.Type).ToArray();
        var data = notifications.Select(n => n.Data).ToArray();
        var viewed = notifications.Select(n => n.Viewed).ToArray();
        var created = notifications.Select(n => n.CreatedAt).ToArray();
        var updated = notifications.Select(n => n.UpdatedAt).ToArray();
        return db.Database.ExecuteSqlAsync(
            $"""
            SELECT pg_advisory_xact_lock({AdvisoryLocks.NotificationSequence});
            INSERT INTO notifications (id, user_id, type, data, viewed, created_at, updated_at)
            SELECT id, user_id, type, data::jsonb, viewed, created_at, updated_at
            FROM unnest({ids}, {users}, {types}, {data}, {viewed}, {created}, {updated}) WITH ORDINALITY
                AS told (id, user_id, type, data, viewed, created_at, updated_at, place)
            ORDER BY place
            ON CONFLICT (id) DO NOTHING;
            SELECT pg_notify({Channel}, {ToAnybody})
            """,
            cancellationToken);
    }

    /// <summary>Copies of one notification for each of the users.</summary>
    public static IReadOnlyList<Notification> ForEach(IEnumerable<Guid> users, int type, string data, DateTimeOffset now, string? source = null) =>
    [
        .. users.Select(user => new Notification
        {
            Id = Guid.CreateVersion7(now),
            UserId = user,
            Type = (short)type,
            Data = data,
            Source = source,
            CreatedAt = now,
            UpdatedAt = now,
        }),
    ];
}
