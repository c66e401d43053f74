namespace ShTP.Events;

public sealed class EventsService : V1.EventsService.EventsServiceBase
{
}
