using ShTP.Notifications.V1;

namespace ShTP.Notifications;

public sealed class NotificationsService : V1.NotificationsService.NotificationsServiceBase
{
}
