using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Notifications.V1;
using ShTP.Data.Outbox;
using ShTP.Protos;

namespace ShTP.Events.School;

/// <summary>Enqueues notifications about an event in the transaction of the change; delivered in order per event.</summary>
internal sealed class EventNews(EventsDb db, EventsOptions options)
{
    private const int MaxUsers = 10_000; // of one NotifyRequest

    private readonly TimeZoneInfo _zone = options.Zone;

    /// <summary>Tells of an event those who have not been told: all but <paramref name="before"/>, unless it is for everyone now.</summary>
    public void Announce(Event e, params Guid[] before)
    {
        var request = Request(NotificationType.Event, "name", e.Title);
        request.Everyone = e.ForGroups.Length == 0;
        request.GroupIds.AddRange(e.ForGroups.Except(before).Select(group => group.ToString()));
        if (request.Everyone || request.GroupIds.Count > 0)
            Enqueue(e, request);
    }

    public Task TellMovedAsync(Event e, CancellationToken cancellationToken) =>
        TellAllAsync(e, NotificationType.Information, $"Мероприятие «{e.Title}» изменено: {WhenAndWhere(e)}", cancellationToken);

    public Task TellCancelledAsync(Event e, CancellationToken cancellationToken)
    {
        var reason = e.CancelReason is null ? "" : $". Причина: {e.CancelReason}";
        return TellAllAsync(e, NotificationType.Warning, $"Мероприятие «{e.Title}» ({When(e)}) отменено{reason}", cancellationToken);
    }

    public void TellMovedUp(Event e, IReadOnlyCollection<Guid> users) =>
        Tell(e, users, NotificationType.Information, $"Освободилось место, вы записаны на «{e.Title}»: {WhenAndWhere(e)}");

    private async Task TellAllAsync(Event e, NotificationType type, string text, CancellationToken cancellationToken)
    {
        var users = await db.Registrations.Where(r => r.EventId == e.Id).Select(r => r.UserId).ToListAsync(cancellationToken);
        Tell(e, users, type, text);
    }

    private void Tell(Event e, IReadOnlyCollection<Guid> users, NotificationType type, string text)
    {
        foreach (var some in users.Chunk(MaxUsers))
        {
            var request = Request(type, "text", NotificationLimits.Fit(text, NotificationLimits.Text));
            request.UserIds.AddRange(some.Select(user => user.ToString()));
            Enqueue(e, request);
        }
    }

    private void Enqueue(Event e, NotifyRequest request) =>
        db.Enqueue(NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.Notify), request, $"event:{e.Id}");

    private static NotifyRequest Request(NotificationType type, string name, string text) =>
        new() { Type = (int)type, Data = new Struct { Fields = { [name] = Value.ForString(text) } } };

    private string WhenAndWhere(Event e) => e.Place.Length > 0 ? $"{When(e)}, {e.Place}" : When(e);

    private string When(Event e) => EventTimes.Describe(e.StartsAt, e.EndsAt, _zone);
}
