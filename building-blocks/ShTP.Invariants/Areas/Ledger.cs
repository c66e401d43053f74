namespace ShTP.Invariants.Areas;

/// <summary>Decisions on achievements, their points and notifications; medals.</summary>
internal static class Ledger
{
    // Achievements that were decided before decisions were counted have none; so have those of the old system.
    private static readonly FactQuery AcceptedHere = new(Database.Achievements,
        "SELECT id::text, concat_ws(' ', user_id, concat('achievement:', id), points) FROM achievements WHERE status = 1 AND points <> 0 AND decisions > 0");

    private static readonly FactQuery Accepted = new(Database.Achievements,
        "SELECT concat_ws(' ', user_id, concat('achievement:', id), points) FROM achievements WHERE status = 1 AND points <> 0");

    private static readonly FactQuery Entered = new(Database.Users, $"SELECT concat_ws(' ', user_id, source, sum(points)) {OfAchievements}");

    private static readonly FactQuery EnteredWithId = new(Database.Users, $"SELECT source, concat_ws(' ', user_id, source, sum(points)) {OfAchievements}");

    // Notifications of older ones may be deleted already: Notifications keeps them for 31 days at least.
    private const string IsRecent = "created_at > now() - interval '30 days'";

    private static readonly FactQuery Decisions = new(Database.Achievements,
        $"""
        SELECT concat_ws(' ', user_id, concat('achievement:', id), told)
        FROM achievements CROSS JOIN LATERAL generate_series(CASE WHEN {IsRecent} THEN decisions ELSE 1 END, decisions) AS times (told) WHERE decisions > 0
        """);

    private static readonly FactQuery DecisionsWithId = new(Database.Achievements,
        $"SELECT id::text, concat_ws(' ', user_id, concat('achievement:', id), decisions) FROM achievements WHERE decisions > 0 AND {IsRecent}");

    private static readonly FactQuery Told = new(Database.Notifications,
        "SELECT concat_ws(' ', user_id, source, count(*)) FROM notifications WHERE source LIKE 'achievement:%' GROUP BY user_id, source");

    private static readonly FactQuery ToldWithId = new(Database.Notifications,
        "SELECT source, concat_ws(' ', user_id, source, count(*)) FROM notifications WHERE source LIKE 'achievement:%' GROUP BY user_id, source");

    private static readonly FactQuery Medals = new(Database.Achievements,
        "SELECT concat_ws(' ', user_id, kind, count(*)) FROM medals GROUP BY user_id, kind");

    private static readonly FactQuery MedalsWithId = new(Database.Achievements,
        "SELECT user_id::text, concat_ws(' ', user_id, kind, count(*)) FROM medals GROUP BY user_id, kind");

    private static readonly FactQuery MedalCounts = new(Database.Users, $"SELECT concat_ws(' ', id, kind, number) {CountsOfUsers}");

    private static readonly FactQuery MedalCountsWithId = new(Database.Users, $"SELECT id::text, concat_ws(' ', id, kind, number) {CountsOfUsers}");

    private const string OfAchievements = "FROM rating_entries WHERE source LIKE 'achievement:%' GROUP BY user_id, source HAVING sum(points) <> 0";

    private const string CountsOfUsers =
        "FROM users CROSS JOIN LATERAL (VALUES (0, bronze_medals), (1, silver_medals), (2, gold_medals)) AS medals (kind, number) WHERE number <> 0";

    public static IEnumerable<Invariant> All =>
    [
        new RowInvariant("rating-is-sum", "somebody has points that no entry explains", Database.Users,
            """
            SELECT u.id::text, format('has the rating %s, and entries of %s', u.rating, coalesce(sum(e.points), 0))
            FROM users u LEFT JOIN rating_entries e ON e.user_id = u.id GROUP BY u.id HAVING u.rating <> coalesce(sum(e.points), 0)
            """),
        new RowInvariant("decision-counts-once", "points of one decision were entered or taken back twice", Database.Users,
            """
            SELECT source, format('gave %s points %s times to %s, and took them back %s times', abs(points),
                count(*) FILTER (WHERE points > 0), user_id, count(*) FILTER (WHERE points < 0))
            FROM rating_entries WHERE source LIKE 'achievement:%' GROUP BY user_id, source, abs(points) HAVING sum(sign(points)) NOT IN (0, 1)
            """),
        new FactInvariant("accepted-is-in-ledger", "an accepted achievement gave no points", AcceptedHere, Entered, "is accepted, and the ledger has other points"),
        new FactInvariant("ledger-is-of-accepted", "points come from an achievement that is not accepted", EnteredWithId, Accepted, "gives points, and is not accepted with them"),
        new FactInvariant("decision-is-told", "a student was not told of a decision, or more than once", DecisionsWithId, Told, "was decided another number of times than told"),
        new FactInvariant("told-was-decided", "a student was told of a decision that was not made", ToldWithId, Decisions, "was told another number of times than decided"),
        new RowInvariant("medal-is-told-once", "a student was told of one medal twice", Database.Notifications,
            "SELECT source, format('is told %s times to %s', count(*), user_id) FROM notifications WHERE source LIKE 'medal:%' GROUP BY user_id, source HAVING count(*) > 1"),
        new FactInvariant("medals-are-counted", "a profile shows too few medals", MedalsWithId, MedalCounts, "has medals that Users counts otherwise"),
        new FactInvariant("counted-are-medals", "a profile shows medals that were not awarded", MedalCountsWithId, Medals, "has counts of medals that were not awarded"),
        new RowInvariant("shown-version-is-there", "a moderator decides on what was never handed in", Database.Achievements,
            """
            SELECT concat(achievement_id, ' ', session_id), format('was shown version %s of %s', shown.version, newest)
            FROM shown_versions AS shown JOIN achievements ON achievements.id = achievement_id
            CROSS JOIN LATERAL greatest(changed_in_event_type, changed_in_title, changed_in_description, changed_in_file, changed_in_status) AS newest
            WHERE shown.version NOT BETWEEN 2 AND newest
            """),
        new RowInvariant("decision-is-whole", "an achievement is shown half decided", Database.Achievements,
            """
            SELECT id::text, format('has the status %s with points %s, decided at %s', status, coalesce(points::text, 'null'), coalesce(decided_at::text, 'null'))
            FROM achievements WHERE (status = 0 AND (points IS NOT NULL OR decided_at IS NOT NULL OR is_reversed))
                OR (status <> 0 AND decided_at IS NULL) OR (status = 1 AND (points IS NULL OR is_reversed))
            """),
    ];
}
