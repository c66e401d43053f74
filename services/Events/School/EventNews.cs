using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using ShTP.Localization;
using ShTP.Notifications.V1;
using ShTP.Data.Outbox;
using ShTP.Protos;

namespace ShTP.Events.School;

/// <summary>Enqueues notifications about an event in the transaction of the change; delivered in order per event.</summary>
internal sealed class EventNews(EventsDb db, EventsOptions options)
{
    private const int MaxUsers = 10_000; // of one NotifyRequest

    private readonly TimeZoneInfo _zone = options.Zone;

    /// <summary>Notifies of an event those who were not notified yet: all but <paramref name="before"/>, unless it is for everyone now.</summary>
    public void Announce(Event e, params Guid[] before)
    {
        var request = Request(NotificationType.Event, "name", e.Title);
        request.Everyone = e.ForGroups.Length == 0;
        request.GroupIds.AddRange(e.ForGroups.Except(before).Select(group => group.ToString()));
        if (request.Everyone || request.GroupIds.Count > 0)
            Enqueue(e, request);
    }

    public Task TellMovedAsync(Event e, CancellationToken cancellationToken) =>
        TellAllAsync(e, NotificationType.Information, $"Event “{e.Title}” is changed: {WhenAndWhere(e)}", cancellationToken);

    public Task TellCancelledAsync(Event e, CancellationToken cancellationToken) => TellAllAsync(
        e,
        NotificationType.Warning,
        e.CancelReason is null
            ? (LocalizedText)$"Event “{e.Title}” ({When(e)}) is cancelled"
            : (LocalizedText)$"Event “{e.Title}” ({When(e)}) is cancelled. Reason: {e.CancelReason}",
        cancellationToken);

    public void TellMovedUp(Event e, IReadOnlyCollection<Guid> users) =>
        Tell(e, users, NotificationType.Information, $"A seat became free, you are registered for “{e.Title}”: {WhenAndWhere(e)}");

    private async Task TellAllAsync(Event e, NotificationType type, LocalizedText text, CancellationToken cancellationToken)
    {
        var users = await db.Registrations.Where(r => r.EventId == e.Id).Select(r => r.UserId).ToListAsync(cancellationToken);
        Tell(e, users, type, text);
    }

    private void Tell(Event e, IReadOnlyCollection<Guid> users, NotificationType type, LocalizedText text)
    {
        foreach (var some in users.Chunk(MaxUsers))
        {
            var request = Request(type, "text", NotificationLimits.Fit(LocalizedText.OfSchool(text), NotificationLimits.Text));
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
