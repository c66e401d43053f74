using System.Security.Cryptography;
using ShTP.Invariants;

namespace ShTP.Services.Tests.Invariants;

/// <summary>A pupil with one of everything in all databases, and everything in order.</summary>
public sealed class Pupil
{
    public Guid Id { get; } = Guid.CreateVersion7();

    public Guid Group { get; } = Guid.CreateVersion7();

    public Guid Session { get; } = Guid.CreateVersion7();

    public Guid EndedSession { get; } = Guid.CreateVersion7();

    public Guid Avatar { get; } = Guid.CreateVersion7();

    public Guid Proof { get; } = Guid.CreateVersion7();

    /// <summary>Accepted with 30 points, after it was accepted with 5 and reversed.</summary>
    public Guid Achievement { get; } = Guid.CreateVersion7();

    public Guid Medal { get; } = Guid.CreateVersion7();

    /// <summary>With two seats, of which the pupil has one.</summary>
    public Guid Event { get; } = Guid.CreateVersion7();

    public Guid Notification { get; } = Guid.CreateVersion7();

    public Guid Task { get; } = Guid.CreateVersion7();

    public Guid Contest { get; } = Guid.CreateVersion7();

    /// <summary>Judged.</summary>
    public Guid Submission { get; } = Guid.CreateVersion7();

    /// <summary>In the queue.</summary>
    public Guid Waiting { get; } = Guid.CreateVersion7();

    public Guid Work { get; } = Guid.CreateVersion7();

    public Guid WaitingWork { get; } = Guid.CreateVersion7();

    public Guid Deleted { get; } = Guid.CreateVersion7();

    public string AvatarName { get; } = Name();

    public string ProofName { get; } = Name();

    public string Call { get; } = Name()[..64];

    /// <summary>Somebody who was never there.</summary>
    public Guid Nobody { get; } = Guid.CreateVersion7();

    public static async Task<Pupil> EnterAsync(SchoolDatabases databases)
    {
        var pupil = new Pupil();
        foreach (var (database, sql) in pupil.Rows())
            await databases.ExecuteAsync(database, sql);
        return pupil;
    }

    private IEnumerable<(Database Database, string Sql)> Rows()
    {
        yield return (Database.Users, $"""
            INSERT INTO groups (id, name, color, created_at, updated_at) VALUES ('{Group}', 'Group {Group}', 'red', now(), now());
            INSERT INTO users (id, email, role, first_name, last_name, search_text, group_id, learning_class, rating, avatar_path, avatar_file_id,
                bronze_medals, silver_medals, gold_medals, created_at, updated_at)
            VALUES ('{Id}', '{Id}@school.test', 2, 'Ada', 'Lovelace', E'ada lovelace\n{Id}@school.test', '{Group}', 10, 40, '{AvatarName}', '{Avatar}', 0, 1, 0, now(), now());
            INSERT INTO rating_entries (id, user_id, points, reason, source, author_id, created_at) VALUES
                (gen_random_uuid(), '{Id}', 5, 'Achievement', 'achievement:{Achievement}', '{Id}', now()),
                (gen_random_uuid(), '{Id}', -5, 'Reversed', 'achievement:{Achievement}', '{Deleted}', now()),
                (gen_random_uuid(), '{Id}', 30, 'Achievement', 'achievement:{Achievement}', '{Id}', now()),
                (gen_random_uuid(), '{Id}', 10, 'By hand', null, null, now());
            INSERT INTO deleted_users (id, deleted_at) VALUES ('{Deleted}', now());
            {RecordedCall()}
            """);
        yield return (Database.Auth, $"""
            INSERT INTO credentials (user_id, email, password_hash, rights_version) VALUES ('{Id}', '{Id}@school.test', 'hash', 2);
            INSERT INTO sessions (id, user_id, address, user_agent, created_at, last_used_at, expires_at, ended_at, refresh_token_id) VALUES
                ('{Session}', '{Id}', '127.0.0.1', 'test', now(), now(), now() + interval '1 day', null, gen_random_uuid()),
                ('{EndedSession}', '{Id}', '127.0.0.1', 'test', now(), now(), now() + interval '1 day', now() - interval '50 minutes', gen_random_uuid());
            INSERT INTO revocations (session_id, user_id, below_version, expired_only, forget_at) VALUES
                ('{EndedSession}', null, null, false, now() + interval '1 day'),
                (null, '{Id}', 2, true, null), (null, '{Id}', 1, false, null), (null, '{Deleted}', {long.MaxValue}, false, null);
            INSERT INTO openid_consents (id, subject, status, type) VALUES (gen_random_uuid(), '{Id}', 'valid', 'permanent');
            INSERT INTO openid_tokens (id, subject, status, type, expiration_date) VALUES
                (gen_random_uuid(), '{Id}', 'valid', 'refresh_token', now() + interval '1 day'),
                (gen_random_uuid(), '{Deleted}', 'valid', 'refresh_token', now() - interval '1 day');
            {RecordedCall()}
            """);
        yield return (Database.Files, $"""
            INSERT INTO blobs (folder, name, size, maybe_unused) VALUES ('avatars', '{AvatarName}', 3, false), ('achievements', '{ProofName}', 4, true);
            INSERT INTO files (id, owner_id, kind, folder, name, content_type, size, original_name, created_at, unclaimed_since) VALUES
                ('{Avatar}', '{Id}', 'avatar', 'avatars', '{AvatarName}', 'image/png', 3, 'me.png', now(), null),
                ('{Proof}', '{Id}', 'achievement', 'achievements', '{ProofName}', 'image/png', 4, 'proof.png', now(), null),
                (gen_random_uuid(), '{Id}', 'achievement', 'achievements', '{ProofName}', 'image/png', 4, 'unused.png', now(), now());
            INSERT INTO claims (file_id, service, claim) VALUES ('{Avatar}', 'users', 'avatar:{Id}'), ('{Proof}', 'achievements', 'achievement:{Achievement}');
            """);
        yield return (Database.Achievements, $"""
            INSERT INTO achievements (id, user_id, event_type, title, description, file_id, file_name, original_name, created_at, status, points, decided_at, decided_by, is_reversed, decisions)
            VALUES ('{Achievement}', '{Id}', 0, 'Olympiad', 'Won', '{Proof}', '{ProofName}', 'proof.png', now(), 1, 30, now(), '{Id}', false, 3);
            INSERT INTO medals (id, user_id, kind, name, awarded_by, created_at) VALUES ('{Medal}', '{Id}', 1, 'Best', '{Id}', now());
            {RecordedCall()}
            """);
        yield return (Database.Events, $"""
            INSERT INTO events (id, title, text, place, starts_at, ends_at, registration_opens_at, registration_closes_at, created_at, updated_at, revision,
                seats, seats_taken, waiting, last_position, for_groups, author_id)
            VALUES ('{Event}', 'Hike', '', 'Wood', now(), now(), now(), now(), now(), now(), 0, 2, 1, 0, 7, '{"{}"}', '{Id}');
            INSERT INTO registrations (event_id, user_id, position, status, registered_at) VALUES ('{Event}', '{Id}', 7, 1, now());
            INSERT INTO calendar_addresses (user_id, nonce) VALUES ('{Id}', '\x{Call}');
            {RecordedCall()}
            """);
        yield return (Database.Notifications, $$"""
            INSERT INTO notifications (id, user_id, type, data, source, viewed, created_at, updated_at)
            SELECT gen_random_uuid(), '{{Id}}', 0, '{"name": "Olympiad"}', 'achievement:{{Achievement}}', true, now(), now() FROM generate_series(1, 2);
            INSERT INTO notifications (id, user_id, type, data, source, viewed, created_at, updated_at) VALUES
                ('{{Notification}}', '{{Id}}', 0, '{"name": "Olympiad"}', 'achievement:{{Achievement}}', true, now(), now()),
                (gen_random_uuid(), '{{Id}}', 3, '{"name": "Best", "medal": "silver"}', 'medal:{{Medal}}', true, now(), now()),
                (gen_random_uuid(), '{{Id}}', 4, '{"text": "Hello"}', null, false, now(), now());
            {{RecordedCall()}}
            """);
        yield return (Database.Assignments, $$"""
            INSERT INTO tasks (id, title, text, author_id, time_limit, memory_limit, day_challenge, tests, created_at, updated_at, input_types, output_types)
            VALUES ('{{Task}}', 'Sum', 'Add', '{{Deleted}}', 1, 64, false, '[]', now(), now(), '{}', '{}');
            INSERT INTO contests (id, title, description, author_id, for_groups, for_learning_class, mark3, mark4, mark5, tasks, created_at, updated_at)
            VALUES ('{{Contest}}', 'Contest', '', '00000000-0000-0000-0000-000000000000', '{}', 10, 1, 2, 3, ARRAY['{{Task}}'::uuid], now(), now());
            INSERT INTO work (id, user_id, language, priority, turn, state, losses, returns, test_counts, queued_at) VALUES
                ('{{Work}}', '{{Id}}', 0, 0, 1, 2, 0, 0, '{2}', now()), ('{{WaitingWork}}', '{{Id}}', 0, 0, 2, 0, 0, 0, '{}', now());
            INSERT INTO submissions (id, user_id, task_id, place, language, file_name, status, solved, accepted, results, work_id, created_at, updated_at) VALUES
                ('{{Submission}}', '{{Id}}', '{{Task}}', 0, 0, 'a.py', 2, false, 1, '[{"status": true}, {"status": false}]', '{{Work}}', now(), now()),
                ('{{Waiting}}', '{{Id}}', '{{Task}}', 0, 0, 'a.py', 0, false, 0, null, '{{WaitingWork}}', now(), now());
            {{RecordedCall()}}
            """);
    }

    private string RecordedCall() => $"""
        INSERT INTO recorded_calls (id, user_id, request, answer, is_implicit, expires_at) VALUES ('\x{Call}', '{Id}', '\x00', '\x00', false, now() + interval '1 day')
        """;

    private static string Name() => $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}.png";
}
