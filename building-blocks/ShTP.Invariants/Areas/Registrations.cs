namespace ShTP.Invariants.Areas;

/// <summary>Seats of events.</summary>
internal static class Registrations
{
    public static IEnumerable<Invariant> All =>
    [
        new RowInvariant("seats-are-counted", "an event shows wrong numbers, or gives a seat twice", Database.Events,
            """
            SELECT e.id::text, format('counts %s registered and %s waiting, and has %s and %s', e.seats_taken, e.waiting,
                count(r.user_id) FILTER (WHERE r.status = 1), count(r.user_id) FILTER (WHERE r.status = 0))
            FROM events e LEFT JOIN registrations r ON r.event_id = e.id GROUP BY e.id
            HAVING e.seats_taken <> count(r.user_id) FILTER (WHERE r.status = 1) OR e.waiting <> count(r.user_id) FILTER (WHERE r.status = 0)
            """),
        new RowInvariant("positions-are-given-once", "two people have the same place in a waiting list", Database.Events,
            "SELECT event_id::text, format('has %s registrations with the position %s', count(*), position) FROM registrations GROUP BY event_id, position HAVING count(*) > 1"),
        new RowInvariant("last-position-is-last", "the next registration gets a place before others", Database.Events,
            """
            SELECT e.id::text, format('counts positions to %s, and has %s', e.last_position, max(r.position))
            FROM events e JOIN registrations r ON r.event_id = e.id GROUP BY e.id HAVING max(r.position) > e.last_position
            """),
    ];
}
