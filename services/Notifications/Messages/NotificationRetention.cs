using Microsoft.Extensions.Options;
using ShTP.Data.Retention;

namespace ShTP.Notifications.Messages;

/// <summary>How long notifications are kept.</summary>
internal static class NotificationRetention
{
    public static IServiceCollection AddNotificationRetention(this IServiceCollection services) => services
        .AddRetention(provider => RetentionRule.Delete("notifications", TimeSpan.FromDays(Options(provider).KeepReadDays), (NotificationsDb db, DateTimeOffset end) =>
            OlderThan(db, end).Where(n => n.Viewed && n.Delivery == null).OrderBy(n => n.Sequence)))
        .AddRetention(provider => RetentionRule.Delete("notifications", TimeSpan.FromDays(Options(provider).KeepUnreadDays), (NotificationsDb db, DateTimeOffset end) =>
            OlderThan(db, end).OrderBy(n => n.Sequence)));

    private static NotificationsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<NotificationsOptions>>().Value;

    // Numbers grow with time, so the old ones are the first of their index: no index of times is needed. Those that were
    // imported later have larger numbers and go with their neighbours.
    private static IQueryable<Notification> OlderThan(NotificationsDb db, DateTimeOffset end) => db.Notifications.Where(n =>
        n.CreatedAt < end && n.Sequence < (db.Notifications.Where(newer => newer.CreatedAt >= end).Min(newer => (long?)newer.Sequence) ?? long.MaxValue));
}
