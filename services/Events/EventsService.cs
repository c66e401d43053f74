using ShTP.Events.V1;

namespace ShTP.Events;

public sealed class EventsService : V1.EventsService.EventsServiceBase
{
}
