using Google.Protobuf.WellKnownTypes;
using ShTP.Notifications.V1;
using ShTP.Data.Outbox;

namespace ShTP.Achievements;

/// <summary>Types of notifications, see notifications.proto.</summary>
internal static class NotificationTypes
{
    public const int Accepted = 0;
    public const int Rejected = 1;
    public const int Medal = 3;
}

internal static class NotificationMessages
{
    /// <summary>Enqueues a notification in the transaction of the change; delivered in order per user.</summary>
    public static void EnqueueNotification(this AchievementsDb db, Guid user, int type, Struct data) => db.Enqueue(
        NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.Notify),
        new NotifyRequest { UserIds = { user.ToString() }, Type = type, Data = data }, $"notify:{user}");
}
