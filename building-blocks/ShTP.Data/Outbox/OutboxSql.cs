namespace ShTP.Data.Outbox;

/// <summary>The statements of the outbox. All times are the database's, so that replicas need no common clock.</summary>
internal static class OutboxSql
{
    public const string Channel = "outbox";

    /// <summary>One message per key at a time: a message is not claimed while an older one of its key exists.</summary>
    private const string IsFirstOfKey =
        "NOT EXISTS (SELECT 1 FROM outbox AS older WHERE older.key = message.key AND older.sequence < message.sequence)";

    /// <summary>The receiver of a message: <c>users</c> of <c>/shtp.users.v1.UsersInternal/AddRating</c>.</summary>
    private const string Receiver = "split_part(message.path, '.', 2)";

    /// <summary>The receivers of all messages, each found by one index lookup.</summary>
    private const string EachReceiver =
        $"""
        WITH RECURSIVE receivers (name) AS (
            (SELECT {Receiver} FROM outbox AS message ORDER BY 1 LIMIT 1)
            UNION ALL
            SELECT (SELECT {Receiver} FROM outbox AS message WHERE {Receiver} > receivers.name ORDER BY 1 LIMIT 1)
            FROM receivers WHERE receivers.name IS NOT NULL)
        """;

    /// <summary>
    /// What EF Core cannot express: the trigger that wakes the dispatchers of all replicas when a transaction that enqueued
    /// commits, and the index by which the messages of one receiver are found behind any number of another one's.
    /// </summary>
    public static readonly string AddTriggerAndIndex =
        $"""
        DO $$ BEGIN
            PERFORM pg_advisory_xact_lock({AdvisoryLocks.OutboxObjects});
            CREATE OR REPLACE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_notify(''outbox'', ''''); RETURN NULL; END';
            IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'outbox_notify' AND tgrelid = 'outbox'::regclass) THEN
                CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();
            END IF;
            -- IF NOT EXISTS would wait for whoever writes, and all others behind it, even where the index exists.
            IF to_regclass('ix_outbox_receiver_sequence') IS NULL THEN
                CREATE INDEX ix_outbox_receiver_sequence ON outbox (split_part(path, '.', 2), sequence);
            END IF;
        END $$;
        """;

    /// <summary>
    /// Parameters: limit per receiver, seconds of the claim, receivers with another limit, their limits. ARRAY is
    /// evaluated once. A plan may evaluate IN again for every row, and so exceed the limit.
    /// </summary>
    public const string Claim =
        $$"""
        {{EachReceiver}}
        UPDATE outbox SET attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => {1})
        WHERE id = ANY (ARRAY(
            SELECT due.id
            FROM receivers LEFT JOIN unnest({2}::text[], {3}::int[]) AS lane (receiver, free) ON lane.receiver = receivers.name
            CROSS JOIN LATERAL (
                SELECT message.id FROM outbox AS message
                WHERE {{Receiver}} = receivers.name AND message.parked_at IS NULL AND message.next_attempt_at <= now() AND {{IsFirstOfKey}}
                ORDER BY message.sequence LIMIT coalesce(lane.free, {0}) FOR UPDATE SKIP LOCKED) AS due
            WHERE receivers.name IS NOT NULL))
        RETURNING id, path, payload, trace_parent, attempts, extract(epoch FROM now() - created_at)::double precision AS age
        """;

    /// <summary>Parameter: excluded receivers. Seconds until the next message is due, or null when none waits.</summary>
    public const string NextDue =
        $$"""
        {{EachReceiver}}
        SELECT extract(epoch FROM min(due.first) - now())::double precision AS "Value"
        FROM receivers CROSS JOIN LATERAL (
            SELECT min(message.next_attempt_at) AS first FROM outbox AS message
            WHERE {{Receiver}} = receivers.name AND message.parked_at IS NULL AND {{IsFirstOfKey}}) AS due
        WHERE receivers.name <> ALL ({0}::text[])
        """;

    public const string Delete = "DELETE FROM outbox WHERE id = {0}";

    /// <summary>Parameters: id, seconds of the claim.</summary>
    public const string Extend = "UPDATE outbox SET next_attempt_at = now() + make_interval(secs => {1}) WHERE id = {0}";

    /// <summary>Parameters: id, seconds to wait, error.</summary>
    public const string Postpone = "UPDATE outbox SET next_attempt_at = now() + make_interval(secs => {1}), last_error = {2} WHERE id = {0}";

    /// <summary>Parameters: id, error, whether it leaves its key, so that it holds no later one back.</summary>
    public const string Park =
        "UPDATE outbox SET parked_at = now(), last_error = {1}, key = CASE WHEN {2} THEN 'parked:' || id ELSE key END WHERE id = {0}";

    /// <summary>Those that are parked, oldest first. Parameter: how many.</summary>
    public const string ListParked =
        "SELECT id, path, key, attempts, created_at, last_error FROM outbox WHERE parked_at IS NOT NULL ORDER BY sequence LIMIT {0}";

    /// <summary>Parameter: ids. Returns what is gone.</summary>
    public const string DropParked = "DELETE FROM outbox WHERE parked_at IS NOT NULL AND id = ANY ({0}) RETURNING id, path, key";

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

    public const string AddToInbox = "INSERT INTO inbox (id, received_at) VALUES ({0}, now()) ON CONFLICT DO NOTHING";
}
