namespace ShTP.Notifications;

public sealed class NotificationsService : V1.NotificationsService.NotificationsServiceBase
{
}
