using Google.Protobuf.WellKnownTypes;
using ShTP.Notifications.V1;
using ShTP.Data.Outbox;
using ShTP.Protos;

namespace ShTP.Achievements;

internal static class NotificationMessages
{
    /// <summary>Enqueues a notification of what <paramref name="source"/> names, in the transaction of the change; delivered in order per user.</summary>
    public static void EnqueueNotification(this AchievementsDb db, Guid user, NotificationType type, Struct data, string source) => db.Enqueue(
        NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.Notify),
        new NotifyRequest { UserIds = { user.ToString() }, Type = (int)type, Data = data, Source = source }, $"notify:{user}");
}
