using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;

namespace ShTP.Events.School;

/// <summary>Moves waiting lists up. The event is locked, and the freed registrations are already deleted.</summary>
public sealed class SeatMoves(EventsDb db, EventNews news)
{
    /// <summary>Gives free seats to the first of the waiting list and notifies them. The caller saves.</summary>
    public async Task MoveUpAsync(Event e, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var free = Math.Min(e.Waiting, e.Seats is { } seats ? seats - e.SeatsTaken : int.MaxValue);
        // Cancelled and past events have no free seats.
        if (free <= 0 || e.CancelledAt is not null || e.EndsAt <= now)
            return;
        var (waiting, registered) = ((short)RegistrationStatus.Waiting, (short)RegistrationStatus.Registered);
        var moved = await db.Database.SqlQuery<Guid>(
            $"""
            UPDATE registrations SET status = {registered} WHERE event_id = {e.Id} AND user_id IN
                (SELECT user_id FROM registrations WHERE event_id = {e.Id} AND status = {waiting} ORDER BY position LIMIT {free})
            RETURNING user_id
            """).ToListAsync(cancellationToken);
        e.SeatsTaken += moved.Count;
        e.Waiting -= moved.Count;
        news.TellMovedUp(e, moved);
    }

    /// <summary>Removes a registration from the counters and fills the seat. The caller saves.</summary>
    public async Task GiveUpAsync(Event e, RegistrationStatus status, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (status == RegistrationStatus.Registered)
            e.SeatsTaken--;
        else
            e.Waiting--;
        await MoveUpAsync(e, now, cancellationToken);
    }
}
