using Microsoft.Extensions.Options;
using ShTP.Data.Retention;

namespace ShTP.Notifications.Messages;

/// <summary>How long notifications are kept.</summary>
internal static class NotificationRetention
{
    public static IServiceCollection AddNotificationRetention(this IServiceCollection services) => services
        .AddRetention(provider =>
        {
            var kept = TimeSpan.FromDays(provider.GetRequiredService<IOptions<NotificationsOptions>>().Value.KeepReadDays);
            return RetentionRule.Delete("notifications", (NotificationsDb db, DateTimeOffset now) => OlderThan(db, now - kept).Where(n => n.Viewed && n.Delivery == null).OrderBy(n => n.Sequence));
        })
        .AddRetention(provider =>
        {
            var kept = TimeSpan.FromDays(provider.GetRequiredService<IOptions<NotificationsOptions>>().Value.KeepUnreadDays);
            return RetentionRule.Delete("notifications", (NotificationsDb db, DateTimeOffset now) => OlderThan(db, now - kept).OrderBy(n => n.Sequence));
        });

    // Numbers grow with time, so the old ones are the first of their index: no index of times is needed. Those that were
    // imported later have larger numbers and go with their neighbours.
    private static IQueryable<Notification> OlderThan(NotificationsDb db, DateTimeOffset end) => db.Notifications.Where(n =>
        n.CreatedAt < end && n.Sequence < (db.Notifications.Where(newer => newer.CreatedAt >= end).Min(newer => (long?)newer.Sequence) ?? long.MaxValue));
}
