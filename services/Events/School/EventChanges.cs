using ShTP.Events.V1;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>Changes of events by staff.</summary>
internal sealed class EventChanges(EventsDb db, Audience audience, EventNews news, SeatMoves seats, TimeProvider clock)
{
    /// <exception cref="Grpc.Core.RpcException">As documented for CreateEvent in events.proto.</exception>
    public async Task<V1.Event> CreateAsync(CreateEventRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var e = Read(request, caller.Id);
        await audience.RequireGroupsAsync(e.ForGroups, cancellationToken);
        db.Events.Add(e);
        news.Announce(e);
        await db.SaveChangesAsync(cancellationToken);
        return new EventRow { Event = e }.ToProto();
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for UpdateEvent in events.proto.</exception>
    public async Task<V1.Event> UpdateAsync(UpdateEventRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        var edit = new EventEdit(request, checks);
        checks.ThrowIfInvalid();
        if (edit.IsEmpty)
            throw RpcErrors.Invalid("Nothing to update");
        await audience.RequireGroupsAsync(edit.Groups ?? [], cancellationToken);
        return await ChangeAsync(id, caller, async (e, now, cancellation) =>
        {
            if (e.CancelledAt is not null)
                throw RpcErrors.WrongState("The event is cancelled");
            var before = e.ForGroups;
            var moves = edit.Apply(e);
            (e.UpdatedAt, e.Revision) = (now, e.Revision + 1);
            if (moves)
                await news.TellMovedAsync(e, cancellation);
            if (before.Length > 0 && e.EndsAt > now)
                news.Announce(e, before);
            await seats.MoveUpAsync(e, now, cancellation);
        }, cancellationToken);
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for CancelEvent in events.proto.</exception>
    public async Task<V1.Event> CancelAsync(CancelEventRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        checks.Text(request.Reason, 0, Event.MaxReasonLength, "reason");
        checks.ThrowIfInvalid();
        var reason = request.Reason.Trim();
        return await ChangeAsync(id, caller, async (e, now, cancellation) =>
        {
            if (e.CancelledAt is not null)
                return;
            if (e.EndsAt <= now)
                throw RpcErrors.WrongState("The event has ended");
            (e.CancelledAt, e.UpdatedAt, e.Revision) = (now, now, e.Revision + 1);
            e.CancelReason = reason.Length > 0 ? reason : null;
            await news.TellCancelledAsync(e, cancellation);
        }, cancellationToken);
    }

    private async Task<V1.Event> ChangeAsync(
        Guid id, CurrentUser caller, Func<Event, DateTimeOffset, CancellationToken, Task> change, CancellationToken cancellationToken)
    {
        var row = await db.InTransactionAsync(async cancellation =>
        {
            var e = await db.LockEventAsync(id, cancellation) ?? throw EventsService.NoSuchEvent();
            await change(e, clock.Now(), cancellation);
            await db.SaveChangesAsync(cancellation);
            return await db.FindRowAsync(id, caller.Id, cancellation);
        }, cancellationToken);
        return row!.ToProto();
    }

    private Event Read(CreateEventRequest request, Guid author)
    {
        var now = clock.Now();
        var checks = new FieldChecks();
        var title = EventTexts.Title(checks, request.Title);
        EventTexts.Text(checks, request.Text);
        var place = EventTexts.Place(checks, request.Place);
        var window = ReadWindow(request, now, checks);
        if (request.HasSeats)
            checks.Range(request.Seats, 1, Event.MaxSeats, "seats");
        var groups = EventTexts.Groups(checks, request.ForGroups);
        checks.ThrowIfInvalid();

        var e = new Event
        {
            Id = Guid.CreateVersion7(now),
            CreatedAt = now,
            UpdatedAt = now,
            Title = title,
            Text = request.Text,
            Place = place,
            Seats = request.HasSeats ? request.Seats : null,
            ForGroups = groups,
            AuthorId = author,
        };
        window!.Apply(e);
        return e;
    }

    /// <summary>Null when it is incomplete, which is added as a fault.</summary>
    private static EventWindow? ReadWindow(CreateEventRequest request, DateTimeOffset now, FieldChecks checks)
    {
        if (request.StartsAt is null)
            checks.Add("startsAt", "field required");
        if (request.EndsAt is null)
            checks.Add("endsAt", "field required");
        var (starts, ends) = (checks.Time(request.StartsAt, "startsAt"), checks.Time(request.EndsAt, "endsAt"));
        var (opens, closes) = (checks.Time(request.RegistrationOpensAt, "registrationOpensAt"), checks.Time(request.RegistrationClosesAt, "registrationClosesAt"));
        if (starts is null || ends is null)
            return null;
        var window = new EventWindow(starts.Value, ends.Value, opens ?? now, closes ?? starts.Value);
        window.Check(checks);
        return window;
    }
}
