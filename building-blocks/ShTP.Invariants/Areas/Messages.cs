namespace ShTP.Invariants.Areas;

/// <summary>Messages between services arrive, and what is recorded for a time is deleted afterwards.</summary>
internal static class Messages
{
    // They are cleaned every hour.
    private const string Late = "now() - @stuck - interval '2 hours'";

    public static IEnumerable<Invariant> All =>
    [
        .. DatabaseNames.All.Select(database => new RowInvariant($"message-arrives-{database.NameOf()}", "a change never reaches another service", database,
            """
            SELECT id::text, format('%s to %s since %s after %s attempts: %s', CASE WHEN parked_at IS NULL THEN 'waits' ELSE 'is parked' END,
                path, created_at, attempts, coalesce(last_error, 'no error'))
            FROM outbox WHERE parked_at IS NOT NULL OR created_at < now() - @stuck
            """)),
        .. DatabaseNames.All.Where(database => database != Database.Files).Select(database => new RowInvariant($"recorded-call-expires-{database.NameOf()}",
            "answers are kept longer than promised", database,
            $"SELECT encode(id, 'hex'), format('expired at %s', expires_at) FROM recorded_calls WHERE expires_at < {Late}")),
    ];
}
