using ShTP.Invariants;

namespace ShTP.Services.Tests.Invariants;

/// <summary>A fault in otherwise healthy databases.</summary>
/// <param name="Database">Where it is.</param>
/// <param name="Sql">Makes it, in the rows of a pupil.</param>
/// <param name="Id">What the invariant must find.</param>
public sealed record PlantedFault(Database Database, Func<Pupil, string> Sql, Func<Pupil, string> Id)
{
    private static readonly Database[] WithRecordedCalls =
        [Database.Auth, Database.Users, Database.Achievements, Database.Events, Database.Notifications, Database.Assignments];

    /// <summary>One for each invariant, by its name.</summary>
    public static IReadOnlyDictionary<string, PlantedFault> All { get; } = Make();

    private static Dictionary<string, PlantedFault> Make()
    {
        var all = new Dictionary<string, PlantedFault>
        {
            ["achievement-has-student"] = new(Database.Achievements, p => $"UPDATE achievements SET user_id = '{p.Nobody}' WHERE id = '{p.Achievement}'", p => $"{p.Achievement}"),
            ["decision-has-moderator"] = new(Database.Achievements, p => $"UPDATE achievements SET decided_by = '{p.Deleted}' WHERE id = '{p.Achievement}'", p => $"{p.Achievement}"),
            ["medal-has-student"] = new(Database.Achievements, p => $"UPDATE medals SET user_id = '{p.Nobody}' WHERE id = '{p.Medal}'", p => $"{p.Medal}"),
            ["medal-has-giver"] = new(Database.Achievements, p => $"UPDATE medals SET awarded_by = '{p.Deleted}' WHERE id = '{p.Medal}'", p => $"{p.Medal}"),
            ["file-has-owner"] = new(Database.Files, p => $"UPDATE files SET owner_id = '{p.Deleted}' WHERE id = '{p.Proof}'", p => $"{p.Proof}"),
            ["event-has-author"] = new(Database.Events, p => $"UPDATE events SET author_id = '{p.Deleted}' WHERE id = '{p.Event}'", p => $"{p.Event}"),
            ["registration-has-user"] = new(Database.Events, p => $"UPDATE registrations SET user_id = '{p.Nobody}' WHERE event_id = '{p.Event}'", p => $"{p.Event} {p.Nobody}"),
            ["calendar-has-user"] = new(Database.Events, p => $"UPDATE calendar_addresses SET user_id = '{p.Nobody}' WHERE user_id = '{p.Id}'", p => $"{p.Nobody}"),
            ["notification-has-receiver"] = new(Database.Notifications, p => $"UPDATE notifications SET user_id = '{p.Deleted}' WHERE id = '{p.Notification}'", p => $"{p.Notification}"),
            ["submission-has-student"] = new(Database.Assignments, p => $"UPDATE submissions SET user_id = '{p.Deleted}' WHERE id = '{p.Submission}'", p => $"{p.Submission}"),
            ["work-has-student"] = new(Database.Assignments, p => $"UPDATE work SET user_id = '{p.Deleted}' WHERE id = '{p.Work}'", p => $"{p.Work}"),
            ["task-has-author"] = new(Database.Assignments, p => $"UPDATE tasks SET author_id = '{p.Nobody}' WHERE id = '{p.Task}'", p => $"{p.Task}"),
            ["contest-has-author"] = new(Database.Assignments, p => $"UPDATE contests SET author_id = '{p.Nobody}' WHERE id = '{p.Contest}'", p => $"{p.Contest}"),
            ["ledger-entry-has-author"] = new(Database.Users,
                p => $"INSERT INTO rating_entries (id, user_id, points, reason, author_id, created_at) VALUES ('{p.Work}', '{p.Id}', 0, 'x', '{p.Nobody}', now())", p => $"{p.Work}"),
            ["deleted-is-gone"] = new(Database.Users, p => $"INSERT INTO deleted_users (id, deleted_at) VALUES ('{p.Id}', now())", p => $"{p.Id}"),
            ["search-finds-user"] = new(Database.Users, p => $"UPDATE users SET first_name = 'Augusta' WHERE id = '{p.Id}'", p => $"{p.Id}"),

            ["rating-is-sum"] = new(Database.Users, p => $"UPDATE users SET rating = rating + 1 WHERE id = '{p.Id}'", p => $"{p.Id}"),
            ["decision-counts-once"] = new(Database.Users,
                p => $"""
                INSERT INTO rating_entries (id, user_id, points, reason, source, created_at)
                VALUES (gen_random_uuid(), '{p.Id}', 30, 'Achievement', 'achievement:{p.Achievement}', now());
                UPDATE users SET rating = rating + 30 WHERE id = '{p.Id}'
                """, p => $"achievement:{p.Achievement}"),
            ["accepted-is-in-ledger"] = new(Database.Users, p => $"DELETE FROM rating_entries WHERE user_id = '{p.Id}' AND points = 30", p => $"{p.Achievement}"),
            ["ledger-is-of-accepted"] = new(Database.Achievements, p => $"UPDATE achievements SET status = 2 WHERE id = '{p.Achievement}'", p => $"achievement:{p.Achievement}"),
            ["decision-is-told"] = new(Database.Notifications, p => $"DELETE FROM notifications WHERE id = '{p.Notification}'", p => $"{p.Achievement}"),
            ["told-was-decided"] = new(Database.Notifications,
                p => $$"""
                INSERT INTO notifications (id, user_id, type, data, source, viewed, created_at, updated_at)
                VALUES (gen_random_uuid(), '{{p.Id}}', 0, '{}', 'achievement:{{p.Achievement}}', false, now(), now())
                """, p => $"achievement:{p.Achievement}"),
            ["medal-is-told-once"] = new(Database.Notifications, p => $"UPDATE notifications SET source = 'medal:{p.Medal}' WHERE id = '{p.Notification}'", p => $"medal:{p.Medal}"),
            ["medals-are-counted"] = new(Database.Users, p => $"UPDATE users SET silver_medals = 0 WHERE id = '{p.Id}'", p => $"{p.Id}"),
            ["counted-are-medals"] = new(Database.Users, p => $"UPDATE users SET gold_medals = 1 WHERE id = '{p.Id}'", p => $"{p.Id}"),
            ["shown-version-is-there"] = new(Database.Achievements,
                p => $"INSERT INTO shown_versions (achievement_id, session_id, version) VALUES ('{p.Achievement}', '{p.Session}', 3)", p => $"{p.Achievement} {p.Session}"),
            ["decision-is-whole"] = new(Database.Achievements, p => $"UPDATE achievements SET decided_at = null WHERE id = '{p.Achievement}'", p => $"{p.Achievement}"),

            ["account-can-sign-in"] = new(Database.Auth, p => $"DELETE FROM credentials WHERE user_id = '{p.Id}'", p => $"{p.Id}"),
            ["credentials-have-account"] = new(Database.Auth, p => $"UPDATE credentials SET email = 'old-{p.Id}@school.test' WHERE user_id = '{p.Id}'", p => $"{p.Id}"),
            ["deleted-is-revoked"] = new(Database.Auth, p => $"UPDATE revocations SET expired_only = true WHERE user_id = '{p.Deleted}'", p => $"{p.Deleted}"),
            ["rights-version-is-revoked"] = new(Database.Auth, p => $"UPDATE credentials SET rights_version = 3 WHERE user_id = '{p.Id}'", p => $"{p.Id}"),
            ["deleted-has-no-credentials"] = new(Database.Auth, p => $"UPDATE revocations SET below_version = {long.MaxValue} WHERE user_id = '{p.Id}' AND NOT expired_only", p => $"{p.Id}"),
            ["ended-session-is-revoked"] = new(Database.Auth, p => $"DELETE FROM revocations WHERE session_id = '{p.EndedSession}'", p => $"{p.EndedSession}"),
            ["consent-has-user"] = new(Database.Auth, p => $"INSERT INTO openid_consents (id, subject) VALUES ('{p.Work}', '{p.Deleted}')", p => $"{p.Work}"),
            ["site-token-has-user"] = new(Database.Auth,
                p => $"INSERT INTO openid_tokens (id, subject, status, expiration_date) VALUES ('{p.Work}', '{p.Deleted}', 'valid', now() + interval '1 hour')", p => $"{p.Work}"),
            ["admin-is-there"] = new(Database.Users, _ => "UPDATE users SET role = 1", _ => "users"),

            ["avatar-is-stored"] = new(Database.Users, p => $"UPDATE users SET avatar_path = 'other.png' WHERE id = '{p.Id}'", p => $"{p.Id}"),
            ["proof-is-stored"] = new(Database.Files, p => $"DELETE FROM claims WHERE file_id = '{p.Proof}'; DELETE FROM files WHERE id = '{p.Proof}'", p => $"{p.Achievement}"),
            ["avatar-is-claimed"] = new(Database.Files, p => $"DELETE FROM claims WHERE file_id = '{p.Avatar}'", p => $"{p.Id}"),
            ["proof-is-claimed"] = new(Database.Files, p => $"UPDATE claims SET service = 'users' WHERE file_id = '{p.Proof}'", p => $"{p.Achievement}"),
            ["avatar-claim-has-holder"] = new(Database.Users, p => $"UPDATE users SET avatar_file_id = null WHERE id = '{p.Id}'", p => $"{p.Avatar}"),
            ["proof-claim-has-holder"] = new(Database.Achievements, p => $"DELETE FROM achievements WHERE id = '{p.Achievement}'", p => $"{p.Proof}"),
            ["claim-keeps-file"] = new(Database.Files, p => $"UPDATE files SET unclaimed_since = now() WHERE id = '{p.Avatar}'", p => $"{p.Avatar}"),
            ["content-is-used"] = new(Database.Files,
                p => $"INSERT INTO blobs (folder, name, size, maybe_unused) VALUES ('avatars', '{p.ProofName}', 4, false)", p => $"avatars/{p.ProofName}"),

            ["seats-are-counted"] = new(Database.Events, p => $"UPDATE events SET waiting = 1 WHERE id = '{p.Event}'", p => $"{p.Event}"),
            ["positions-are-given-once"] = new(Database.Events,
                p => $"INSERT INTO registrations (event_id, user_id, position, status, registered_at) VALUES ('{p.Event}', '{p.Nobody}', 7, 0, now())", p => $"{p.Event}"),
            ["last-position-is-last"] = new(Database.Events, p => $"UPDATE events SET last_position = 6 WHERE id = '{p.Event}'", p => $"{p.Event}"),

            ["contest-has-tasks"] = new(Database.Assignments, p => $"UPDATE contests SET tasks = tasks || '{p.Nobody}'::uuid WHERE id = '{p.Contest}'", p => $"{p.Contest}"),
            ["waiting-has-work"] = new(Database.Assignments, p => $"UPDATE work SET state = 2 WHERE id = '{p.WaitingWork}'", p => $"{p.Waiting}"),
            ["work-has-submissions"] = new(Database.Assignments, p => $"DELETE FROM submissions WHERE id = '{p.Waiting}'", p => $"{p.WaitingWork}"),
            ["accepted-tests-are-counted"] = new(Database.Assignments, p => $"UPDATE submissions SET accepted = 2 WHERE id = '{p.Submission}'", p => $"{p.Submission}"),
            ["rejected-is-not-solved"] = new(Database.Assignments, p => $"UPDATE submissions SET status = 3, solved = true WHERE id = '{p.Submission}'", p => $"{p.Submission}"),
            ["lease-ends"] = new(Database.Assignments,
                p => $"UPDATE work SET state = 1, lease_id = gen_random_uuid(), lease_expires_at = now() - interval '11 minutes' WHERE id = '{p.WaitingWork}'", p => $"{p.WaitingWork}"),
            ["queue-moves"] = new(Database.Assignments, p => $"UPDATE work SET queued_at = now() - interval '11 minutes' WHERE id = '{p.WaitingWork}'", p => $"{p.WaitingWork}"),
        };
        foreach (var database in DatabaseNames.All)
            all[$"message-arrives-{database.NameOf()}"] = new(database,
                p => $"INSERT INTO outbox (id, key, path, payload, created_at) VALUES ('{p.Work}', 'k', '/x', '\\x00', now() - interval '11 minutes')", p => $"{p.Work}");
        foreach (var database in DatabaseNames.All)
        {
            all[$"audit-is-unbroken-{database.NameOf()}"] = new(database,
                p => $"INSERT INTO audit (id, at, action, is_refused, subject_ids, number, hash) VALUES ('{p.Work}', now(), 'Forged', false, '{{}}', 1, sha256('x'))", _ => "1");
            all[$"audit-is-sealed-{database.NameOf()}"] = new(database,
                p => $"INSERT INTO audit (id, at, action, is_refused, subject_ids) VALUES ('{p.Work}', now() - interval '11 minutes', 'Late', false, '{{}}')", p => $"{p.Work}");
        }

        all["audit-anchor-holds"] = new(Database.Auth,
            p => $$"""
            INSERT INTO audit (id, at, action, is_refused, subject_ids, object_id, after)
            VALUES ('{{p.Work}}', now(), 'Audit.Anchor', false, '{}', 'files', '{"number":7,"hash":"00"}')
            """, _ => "filesdb 7");
        foreach (var database in WithRecordedCalls)
        {
            all[$"recorded-call-expires-{database.NameOf()}"] = new(database, p => $"UPDATE recorded_calls SET expires_at = now() - interval '3 hours' WHERE id = '\\x{p.Call}'", p => p.Call);
            all[$"recorded-call-has-caller-{database.NameOf()}"] = new(database, p => $"UPDATE recorded_calls SET user_id = '{p.Nobody}' WHERE id = '\\x{p.Call}'", p => p.Call);
        }

        return all;
    }
}
