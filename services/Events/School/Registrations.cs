using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Events.School;

/// <summary>Registers and unregisters users, serialized per event.</summary>
internal sealed class Registrations(EventsDb db, Audience audience, SeatMoves seats, SeatTurns turns, TimeProvider clock)
{
    /// <exception cref="Grpc.Core.RpcException">As documented for Register in events.proto.</exception>
    public async Task<V1.Registration> RegisterAsync(Guid id, CurrentUser caller, CancellationToken cancellationToken)
    {
        // Before the lock: a call to Users and a repeated request must not delay others.
        var seen = await db.FindRowAsync(id, caller.Id, cancellationToken);
        if (seen?.RegistrationToProto() is { } known)
            return known;
        if (seen is null || !await audience.IncludesAsync(seen.Event, caller, cancellationToken))
            throw EventsService.NoSuchEvent();

        var row = await turns.RunAsync(() => db.InTransactionAsync(async cancellation =>
        {
            var e = await db.LockEventAsync(id, cancellation) ?? throw EventsService.NoSuchEvent();
            if (await db.Registrations.AnyAsync(r => r.EventId == id && r.UserId == caller.Id, cancellation))
                return (await db.FindRowAsync(id, caller.Id, cancellation))!;
            if (!e.ForGroups.SequenceEqual(seen.Event.ForGroups) && !await audience.IncludesAsync(e, caller, cancellation))
                throw EventsService.NoSuchEvent();
            var now = clock.Now();
            RequireOpen(e, now);
            var added = Add(e, caller.Id, now);
            await db.SaveChangesAsync(cancellation);
            return added;
        }, cancellationToken), cancellationToken);
        return row.RegistrationToProto()!;
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for Unregister in events.proto.</exception>
    public Task UnregisterAsync(Guid id, Guid user, CancellationToken cancellationToken) => turns.RunAsync(() => db.InTransactionAsync(async cancellation =>
    {
        var e = await db.LockEventAsync(id, cancellation) ?? throw EventsService.NoSuchEvent();
        var now = clock.Now();
        var mine = db.Registrations.Where(r => r.EventId == id && r.UserId == user);
        if (await mine.Select(r => (RegistrationStatus?)r.Status).SingleOrDefaultAsync(cancellation) is not { } status)
            return false;
        if (e.StartsAt <= now)
            throw RpcErrors.WrongState("The event has started");
        await mine.ExecuteDeleteAsync(cancellation);
        await seats.GiveUpAsync(e, status, now, cancellation);
        await db.SaveChangesAsync(cancellation);
        return true;
    }, cancellationToken), cancellationToken);

    private static void RequireOpen(Event e, DateTimeOffset now)
    {
        if (e.CancelledAt is not null)
            throw RpcErrors.WrongState("The event is cancelled");
        if (now < e.RegistrationOpensAt)
            throw RpcErrors.WrongState("Registration is not open yet");
        if (now >= e.RegistrationClosesAt)
            throw RpcErrors.WrongState("Registration is closed");
    }

    // A new registration is the last: its place is the number of rows with the same status.
    private EventRow Add(Event e, Guid user, DateTimeOffset now)
    {
        var hasSeat = e.Seats is not { } all || e.SeatsTaken < all;
        var place = hasSeat ? ++e.SeatsTaken : ++e.Waiting;
        var registration = db.Registrations.Add(new Registration
        {
            EventId = e.Id,
            UserId = user,
            Position = ++e.LastPosition,
            Status = hasSeat ? RegistrationStatus.Registered : RegistrationStatus.Waiting,
            RegisteredAt = now,
        }).Entity;
        return new EventRow { Event = e, Registration = registration, Place = place };
    }
}
