using Microsoft.EntityFrameworkCore;
using ShTP.Events.V1;

namespace ShTP.Events.School;

/// <summary>Moves waiting lists up. The event is locked, and the freed registrations are already deleted.</summary>
internal sealed class SeatMoves(EventsDb db, Audience audience, EventNews news)
{
    private const int PageSize = 1000;

    /// <summary>Gives free seats to those who wait longest and may come, and notifies them. The caller saves.</summary>
    public async Task MoveUpAsync(Event e, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var free = Math.Min(e.Waiting, e.Seats is { } seats ? seats - e.SeatsTaken : int.MaxValue);
        // Cancelled and past events have no free seats.
        if (free <= 0 || e.CancelledAt is not null || e.EndsAt <= now)
            return;
        var moved = e.ForGroups.Length == 0 ? await MoveFirstAsync(e, free, cancellationToken) : await MoveFirstOfGroupsAsync(e, free, cancellationToken);
        e.SeatsTaken += moved.Count;
        e.Waiting -= moved.Count;
        news.TellMovedUp(e, moved);
    }

    private Task<List<Guid>> MoveFirstAsync(Event e, int free, CancellationToken cancellationToken)
    {
        var (waiting, registered) = ((short)RegistrationStatus.Waiting, (short)RegistrationStatus.Registered);
        return db.Database.SqlQuery<Guid>(
            $"""
            UPDATE registrations SET status = {registered} WHERE event_id = {e.Id} AND user_id IN
                (SELECT user_id FROM registrations WHERE event_id = {e.Id} AND status = {waiting} ORDER BY position LIMIT {free})
            RETURNING user_id
            """).ToListAsync(cancellationToken);
    }

    // Who has moved to another group since keeps the place in the list, but gets no seat.
    private async Task<List<Guid>> MoveFirstOfGroupsAsync(Event e, int free, CancellationToken cancellationToken)
    {
        var next = new List<Guid>();
        var last = 0L;
        while (next.Count < free)
        {
            var page = await db.Registrations.Where(r => r.EventId == e.Id && r.Status == RegistrationStatus.Waiting && r.Position > last)
                .OrderBy(r => r.Position).Take(PageSize).Select(r => new { r.UserId, r.Position }).ToListAsync(cancellationToken);
            if (page.Count == 0)
                break;
            next.AddRange((await audience.AmongAsync(e, [.. page.Select(row => row.UserId)], cancellationToken)).Take(free - next.Count));
            last = page[^1].Position;
        }

        var registered = (short)RegistrationStatus.Registered;
        await db.Database.ExecuteSqlAsync($"UPDATE registrations SET status = {registered} WHERE event_id = {e.Id} AND user_id = ANY ({next})", cancellationToken);
        return next;
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
