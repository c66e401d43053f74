using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;

namespace ShTP.Events.School;

/// <summary>An event with one user's registration.</summary>
internal sealed class EventRow
{
    public required Event Event { get; init; }

    /// <summary>The user's; null without one.</summary>
    public Registration? Registration { get; init; }

    /// <summary>From 1, among those of the same status; null without a registration.</summary>
    public int? Place { get; init; }

    public V1.Event ToProto()
    {
        var e = new V1.Event
        {
            Uuid = Event.Id.ToString(),
            CreatedAt = Timestamp.FromDateTimeOffset(Event.CreatedAt),
            UpdatedAt = Timestamp.FromDateTimeOffset(Event.UpdatedAt),
            Title = Event.Title,
            Text = Event.Text,
            Place = Event.Place,
            StartsAt = Timestamp.FromDateTimeOffset(Event.StartsAt),
            EndsAt = Timestamp.FromDateTimeOffset(Event.EndsAt),
            SeatsTaken = Event.SeatsTaken,
            Waiting = Event.Waiting,
            ForGroups = { Event.ForGroups.Select(group => group.ToString()) },
            RegistrationOpensAt = Timestamp.FromDateTimeOffset(Event.RegistrationOpensAt),
            RegistrationClosesAt = Timestamp.FromDateTimeOffset(Event.RegistrationClosesAt),
            Registration = RegistrationToProto(),
        };
        if (Event.Seats is { } seats)
            e.Seats = seats;
        if (Event.CancelledAt is { } cancelled)
            e.CancelledAt = Timestamp.FromDateTimeOffset(cancelled);
        if (Event.CancelReason is { } reason)
            e.CancelReason = reason;
        if (Event.AuthorId is { } author)
            e.AuthorId = author.ToString();
        return e;
    }

    public V1.Registration? RegistrationToProto() => Registration is null ? null : new()
    {
        Status = Registration.Status,
        Place = Place ?? 0,
        RegisteredAt = Timestamp.FromDateTimeOffset(Registration.RegisteredAt),
    };
}

internal static class EventRows
{
    /// <summary>The events with the registrations of <paramref name="user"/>.</summary>
    public static IQueryable<EventRow> RowsFor(this EventsDb db, IQueryable<Event> events, Guid? user) =>
        from e in events.AsNoTracking()
        from r in db.Registrations.Where(r => r.EventId == e.Id && r.UserId == user).DefaultIfEmpty()
        select new EventRow
        {
            Event = e,
            Registration = r,
            Place = r == null ? null : db.Registrations.Count(o => o.EventId == r.EventId && o.Status == r.Status && o.Position <= r.Position),
        };

    /// <summary>One event; null when there is none.</summary>
    public static Task<EventRow?> FindRowAsync(this EventsDb db, Guid id, Guid user, CancellationToken cancellationToken) =>
        db.RowsFor(db.Events.Where(e => e.Id == id), user).SingleOrDefaultAsync(cancellationToken);

    /// <summary>The event, tracked and locked until the transaction ends; null when there is none.</summary>
    public static Task<Event?> LockEventAsync(this EventsDb db, Guid id, CancellationToken cancellationToken) =>
        db.Events.FromSql($"SELECT * FROM events WHERE id = {id} FOR NO KEY UPDATE").SingleOrDefaultAsync(cancellationToken);
}
