namespace ShTP.Invariants.Areas;

/// <summary>Whoever a row belongs to or names is there.</summary>
internal static class People
{
    private const string Left = "a deleted person's data stays, or is shown without a name";
    private const string Never = "an author is somebody who never was";

    private static readonly FactQuery There = new(Database.Users, "SELECT id::text FROM users");

    // Tasks of the old system whose author is unknown have the empty id.
    private static readonly FactQuery Ever = new(Database.Users,
        "SELECT id::text FROM users UNION ALL SELECT id::text FROM deleted_users UNION ALL SELECT '00000000-0000-0000-0000-000000000000'");

    private static readonly Database[] WithRecordedCalls =
        [Database.Auth, Database.Users, Database.Achievements, Database.Events, Database.Notifications, Database.Assignments];

    public static IEnumerable<Invariant> All =>
    [
        Is("achievement-has-student", Database.Achievements, "SELECT id::text, user_id::text FROM achievements"),
        Is("decision-has-moderator", Database.Achievements, "SELECT id::text, decided_by::text FROM achievements WHERE decided_by IS NOT NULL"),
        Is("medal-has-student", Database.Achievements, "SELECT id::text, user_id::text FROM medals"),
        Is("medal-has-giver", Database.Achievements, "SELECT id::text, awarded_by::text FROM medals WHERE awarded_by IS NOT NULL"),
        Is("file-has-owner", Database.Files, "SELECT id::text, owner_id::text FROM files"),
        Is("event-has-author", Database.Events, "SELECT id::text, author_id::text FROM events WHERE author_id IS NOT NULL"),
        Is("registration-has-user", Database.Events, "SELECT concat(event_id, ' ', user_id), user_id::text FROM registrations"),
        Is("calendar-has-user", Database.Events, "SELECT user_id::text, user_id::text FROM calendar_addresses"),
        Is("notification-has-receiver", Database.Notifications, "SELECT min(id::text), user_id::text FROM notifications GROUP BY user_id"),
        Is("submission-has-student", Database.Assignments, "SELECT id::text, user_id::text FROM submissions"),
        Is("work-has-student", Database.Assignments, "SELECT id::text, user_id::text FROM work"),
        Was("task-has-author", Database.Assignments, "SELECT id::text, author_id::text FROM tasks"),
        Was("contest-has-author", Database.Assignments, "SELECT id::text, author_id::text FROM contests"),
        Was("ledger-entry-has-author", Database.Users, "SELECT id::text, author_id::text FROM rating_entries WHERE author_id IS NOT NULL"),
        .. WithRecordedCalls.Select(database => Was($"recorded-call-has-caller-{database.NameOf()}", database,
            "SELECT encode(id, 'hex'), user_id::text FROM recorded_calls")),
        new RowInvariant("deleted-is-gone", "a deleted person is there again", Database.Users,
            "SELECT id::text, 'is both a user and deleted' FROM users JOIN deleted_users USING (id)"),
        // Other letters are folded by rules that the database does not have.
        new RowInvariant("search-finds-user", "somebody is not found by name or e-mail", Database.Users,
            """
            SELECT id::text, format('is searched as %s', to_json(search_text)) FROM users
            WHERE concat(first_name, last_name, patronymic_name, email) !~ '[^a-zA-Z0-9@._ -]' AND search_text
                <> lower(concat_ws(E'\n', btrim(regexp_replace(concat_ws(' ', first_name, last_name, patronymic_name), ' +', ' ', 'g')), email))
            """),
    ];

    private static FactInvariant Is(string name, Database database, string query) =>
        new(name, Left, new FactQuery(database, query), There, $"{database.NameOf()} names a person who is not there");

    private static FactInvariant Was(string name, Database database, string query) =>
        new(name, Never, new FactQuery(database, query), Ever, $"{database.NameOf()} names a person who never was there");
}
