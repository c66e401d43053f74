namespace ShTP.ServiceDefaults.Outbox;

/// <summary>The statements of the outbox. All times are the database's, so that replicas need no common clock.</summary>
internal static class OutboxSql
{
    public const string Channel = "outbox";

    /// <summary>One message of a key at a time: none is claimed while an older one of its key is there.</summary>
    private const string IsFirstOfKey =
        "NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.key = message.key AND older.sequence < message.sequence)";

    /// <summary>Wakes the dispatchers of all replicas when a transaction that enqueued commits.</summary>
    public const string CreateTrigger =
        """
        DO $$ BEGIN
            PERFORM pg_advisory_xact_lock(7236502);
            CREATE OR REPLACE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_notify(''outbox'', ''''); RETURN NULL; END';
            IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'outbox_notify' AND tgrelid = 'outbox'::regclass) THEN
                CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
            END IF;
        END $$;
        """;

    /// <summary>Parameters: how many, seconds of the claim. An array is made once; a plan may ask IN again for every row, and so go past the limit.</summary>
    public const string Claim =
        $$"""
        UPDATE outbox SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => {1})
        WHERE id = ANY (ARRAY(
            SELECT message.id FROM outbox AS message
            WHERE message.parked_at IS NULL AND message.next_attempt_at <= now() AND {{IsFirstOfKey}}
            ORDER BY message.sequence LIMIT {0} FOR UPDATE SKIP LOCKED))
        RETURNING id, path, payload, trace_parent, attempts, extract(epoch FROM now() - created_at)::double precision AS age
        """;

    /// <summary>Seconds until the next message is due, or null when none waits.</summary>
    public const string NextDue =
        $"""
        SELECT extract(epoch FROM min(message.next_attempt_at) - now())::double precision AS "Value" FROM outbox AS message
        WHERE message.parked_at IS NULL AND {IsFirstOfKey}
        """;

    public const string Delete = "DELETE FROM outbox WHERE id = {0}";

    /// <summary>Parameters: id, seconds to wait, error.</summary>
    public const string Postpone = "UPDATE outbox SET next_attempt_at = now() + make_interval(secs => {1}), last_error = {2} WHERE id = {0}";

    /// <summary>Parameters: id, error.</summary>
    public const string Park = "UPDATE outbox SET parked_at = now(), last_error = {1} WHERE id = {0}";

    public const string RetryParked =
        "UPDATE outbox SET parked_at = NULL, attempts = 0, created_at = now(), next_attempt_at = now() WHERE parked_at IS NOT NULL";

    public const string Statistics =
        """
        SELECT count(*) FILTER (WHERE parked_at IS NULL) AS pending, count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked,
               coalesce(extract(epoch FROM now() - min(created_at)), 0)::double precision AS age
        FROM outbox
        """;

    /// <summary>True: waits; false: parked; no row: delivered.</summary>
    public const string IsPending = "SELECT parked_at IS NULL AS \"Value\" FROM outbox WHERE id = {0}";

    public const string Notify = "SELECT pg_notify('outbox', '')";

    /// <summary>Bounded, so that a first run on a large table does not hold locks for long.</summary>
    public const string PruneInbox =
        "DELETE FROM inbox WHERE id = ANY (ARRAY(SELECT id FROM inbox WHERE received_at < now() - make_interval(days => {0}) LIMIT 10000))";

    public const string AddToInbox = "INSERT INTO inbox (id, received_at) VALUES ({0}, now()) ON CONFLICT DO NOTHING";
}
