using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Assignments;
using ShTP.Assignments.V1;
using ShTP.Auth;
using ShTP.Auth.V1;
using ShTP.Data.Retention;
using ShTP.Events.V1;
using ShTP.Files.V1;
using ShTP.Notifications;
using ShTP.Notifications.V1;
using ShTP.Services.Tests.Achievements;
using ShTP.Services.Tests.Assignments;
using ShTP.Services.Tests.Auth;
using ShTP.Services.Tests.Events;
using ShTP.Services.Tests.Files;
using ShTP.Services.Tests.Notifications;
using ShTP.Services.Tests.Users;
using ShTP.Testing;
using ShTP.Users.V1;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Retention;

/// <summary>
/// A school of 300 students in its first year, and in its tenth: each read takes as many blocks of the database, but for
/// what an index gains in depth. Numbers of rows grow with time, those of one student do not.
/// </summary>
public sealed class TenYearsTests
{
    private const int Students = 300;
    private const int Years = 10;

    // One block more for each index of a statement, and what a fuller leaf makes of a bitmap.
    private const int Depth = 6;

    [Fact]
    public async Task Notifications()
    {
        const int OfAYear = 100;
        var system = new NotificationsSystem();
        await system.InitializeAsync();
        await using var disposing = system;
        var user = Guid.NewGuid();
        await AddYearAsync(years: 0);
        // A page marks what it shows as read.
        var other = (Guid)(await ExecuteAsync(system.ConnectionString, $"SELECT user_id FROM notifications WHERE user_id <> '{user}' LIMIT 1"))!;
        var (client, page) = (system.As(user), new ListNotificationsRequest { Limit = 50 });
        (string What, Func<Task> Call)[] calls =
        [
            ("unread", async () => Assert.NotEmpty((await client.ListUnreadAsync(new ListUnreadRequest())).Notifications)),
            ("count", async () => Assert.Equal(OfAYear, (await client.CountNotificationsAsync(new CountNotificationsRequest())).Total)),
            ("has unread", async () => Assert.True((await system.AsService("users").HasUnreadAsync(new HasUnreadRequest { UserId = user.ToString() })).HasUnread)),
            ("page", async () => Assert.Equal(50, (await system.As(other).ListNotificationsAsync(page)).Notifications.Count)),
        ];
        var first = await MeasureAsync(calls, system.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);
        await system.Host.Services.GetRequiredService<RetentionJob<NotificationsDb>>().RunAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(system.ConnectionString, "VACUUM ANALYZE notifications");

        AssertAlike(first, await MeasureAsync(calls, system.Statements, system.ConnectionString));
        // Of the years that are over, the unread tenth of two.
        Assert.Equal((long)Students * OfAYear * 12 / 10, await ExecuteAsync(system.ConnectionString, "SELECT count(*) FROM notifications"));

        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $"""
            INSERT INTO notifications (id, sequence, user_id, type, data, viewed, created_at, updated_at)
            OVERRIDING SYSTEM VALUE
            SELECT gen_random_uuid(), i + {Years - years} * 1000000, CASE WHEN i % {Students} = 0 AND {years} = 0 THEN '{user}' ELSE md5((i % {Students})::text || '{years / 4}')::uuid END,
                4, jsonb_build_object('text', i::text), i / {Students} % 10 <> 0, now() - interval '{years} years 1 day', now() - interval '{years} years 1 day'
            FROM generate_series(0, {(Students * OfAYear) - 1}) AS i;
            ANALYZE notifications
            """);
    }

    [Fact]
    public async Task Submissions()
    {
        const int OfAYear = 30;
        var system = new AssignmentsSystem();
        await system.InitializeAsync();
        await using var disposing = system;
        var group = system.AddGroup();
        var student = system.AddStudent(group);
        var task = (await system.AddChallengeAsync()).Uuid;
        var contest = (await system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, task))).Uuid;
        await ExecuteAsync(system.ConnectionString, "UPDATE tasks SET challenge_since = now() - interval '1 year'");
        await AddYearAsync(years: 0);
        (string What, Func<Task> Call)[] calls =
        [
            ("submissions of the challenge", async () => Assert.NotEmpty((await system.Tasks(student).ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())).Submits)),
            ("submissions of a task", async () => Assert.NotEmpty((await system.Tasks(student).ListTaskSubmitsAsync(new ListTaskSubmitsRequest { Uuid = task })).Submits)),
            ("submissions of a contest", async () => Assert.NotEmpty((await system.Contests(student).ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = contest, Task = task })).Submits)),
            ("solved", async () => await system.Contests(student).GetSolvedAsync(new GetSolvedRequest { Uuid = contest })),
            ("available", async () => Assert.Single((await system.Contests(student).ListAvailableAsync(new ListAvailableRequest())).Contests)),
        ];
        var first = await MeasureAsync(calls, system.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);
        await system.Host.Services.GetRequiredService<RetentionJob<AssignmentsDb>>().RunAsync(TestContext.Current.CancellationToken);
        // Forgotten work changes its submissions, whose old versions the server removes by itself, later.
        await ExecuteAsync(system.ConnectionString, "VACUUM ANALYZE");

        AssertAlike(first, await MeasureAsync(calls, system.Statements, system.ConnectionString));
        Assert.Equal((long)Students * OfAYear * Years, await ExecuteAsync(system.ConnectionString, "SELECT count(*) FROM submissions"));
        Assert.Equal((long)Students * OfAYear, await ExecuteAsync(system.ConnectionString, "SELECT count(*) FROM submissions WHERE message IS NOT NULL OR results::text LIKE '%ValueError%'"));
        Assert.Equal(0L, await ExecuteAsync(system.ConnectionString, "SELECT count(*) FROM work"));

        // Tasks and contests of earlier years are others, like their students.
        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $$"""
            INSERT INTO tasks SELECT (json_populate_record(tasks, json_build_object('id', md5('task {{years}}')::uuid, 'day_challenge', false))).* FROM tasks WHERE id = '{{task}}' AND {{years}} > 0;
            WITH judged AS (
                INSERT INTO work (id, user_id, language, priority, turn, state, test_counts, losses, returns, queued_at, taken_at, finished_at)
                SELECT gen_random_uuid(), CASE WHEN i % {{Students}} = 0 AND {{years}} = 0 THEN '{{student}}' ELSE md5((i % {{Students}})::text || '{{years / 4}}')::uuid END,
                    0, 0, i, 2, '{2}', 0, 0, at, at, at
                FROM generate_series(0, {{(Students * OfAYear) - 1}}) AS i, LATERAL (SELECT now() - interval '{{years}} years 40 days' + i * interval '1 second' AS at) AS times
                RETURNING id, user_id, turn, queued_at)
            INSERT INTO submissions (id, user_id, task_id, contest_id, place, language, file_name, source, status, solved, accepted, results, message, work_id, created_at, updated_at)
            SELECT gen_random_uuid(), user_id, CASE WHEN {{years}} = 0 THEN '{{task}}' ELSE md5('task {{years}}')::uuid END,
                CASE WHEN turn / {{Students}} % 3 = 0 THEN CASE WHEN {{years}} = 0 THEN '{{contest}}' ELSE md5('contest {{years}}')::uuid END END,
                0, 0, 'a.py', 'print()', 2, turn % 2 = 0, 0, '[{"status": false, "duration": 1, "memory": 1, "hidden": true, "verdict": "runtime_error", "error_info": "ValueError"}]', 'warning', id, queued_at, queued_at
            FROM judged;
            ANALYZE
            """);
    }

    [Fact]
    public async Task Achievements()
    {
        const int OfAYear = 20;
        var system = new AchievementsSystem();
        await system.InitializeAsync();
        await using var disposing = system;
        var student = system.AddStudent();
        for (var i = 0; i < 3; i++)
            await system.HandInAsync(student, $"Waits {i}");
        await AddYearAsync(years: 0);
        (string What, Func<Task> Call)[] calls =
        [
            ("own", async () => Assert.NotEmpty((await system.As(student).ListAchievementsAsync(new ListAchievementsRequest())).Achievements)),
            ("of a student", async () => Assert.NotEmpty((await system.Teacher().ListUserAchievementsAsync(new ListUserAchievementsRequest { Uuid = student.ToString() })).Achievements)),
            ("pending", async () => Assert.Equal(3, (await system.As(student).ListPendingAsync(new ListPendingRequest())).Achievements.Count)),
            ("queue", async () => Assert.Equal(3, (await system.Teacher().ListQueueAsync(new ListQueueRequest())).Achievements.Count)),
        ];
        var first = await MeasureAsync(calls, system.Log.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);

        AssertAlike(first, await MeasureAsync(calls, system.Log.Statements, system.ConnectionString));

        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $"""
            INSERT INTO achievements (id, user_id, event_type, title, description, file_id, file_name, original_name, created_at, status, points, decided_at, decided_by, is_reversed, decisions)
            SELECT gen_random_uuid(), CASE WHEN i % {Students} = 0 AND {years} = 0 THEN '{student}' ELSE md5((i % {Students})::text || '{years / 4}')::uuid END,
                0, 'Olympiad', 'First place', gen_random_uuid(), 'a.pdf', 'a.pdf', at, 1, 5, at, gen_random_uuid(), false, 1
            FROM generate_series(0, {(Students * OfAYear) - 1}) AS i, LATERAL (SELECT now() - interval '{years} years 1 day' AS at) AS times;
            ANALYZE achievements
            """);
    }

    [Fact]
    public async Task Audit()
    {
        const int OfAYear = 60;
        var system = new NotificationsSystem();
        await system.InitializeAsync();
        await using var disposing = system;
        var user = Guid.NewGuid().ToString();
        await AddYearAsync(years: 0);
        var middle = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow.AddDays(-2));
        (string What, Func<Task> Call)[] calls =
        [
            ("of a person", () => FindAsync(new ListAuditRequest { Concerning = user })),
            ("by a person", () => FindAsync(new ListAuditRequest { ActorId = user })),
            ("about a person", () => FindAsync(new ListAuditRequest { SubjectId = user })),
            ("newest", () => FindAsync(new ListAuditRequest())),
            ("later pages", () => FindAsync(new ListAuditRequest { Before = new AuditPlace { At = middle, Uuid = Guid.Empty.ToString() } })),
        ];
        var first = await MeasureAsync(calls, system.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);
        await ExecuteAsync(system.ConnectionString, "VACUUM ANALYZE audit");

        AssertAlike(first, await MeasureAsync(calls, system.Statements, system.ConnectionString));

        async Task FindAsync(ListAuditRequest request)
        {
            request.Limit = 20;
            Assert.Equal(20, (await system.AsService("users").ListAuditAsync(request)).Entries.Count);
        }

        // Spread over the days of a year; half of what a student's name is in was done by staff. Sealed, as all but the newest are.
        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $"""
            INSERT INTO audit (id, at, action, is_refused, actor_id, subject_ids, number, hash)
            SELECT gen_random_uuid(), now() - interval '{years} years 1 day' - i * interval '1 year' / {Students * OfAYear}, 'Test.Action', false,
                CASE WHEN i / {Students} % 2 = 0 THEN student ELSE md5('staff ' || i % 20)::uuid END, ARRAY[student], {Years - years} * 1000000 + i, sha256(i::text::bytea)
            FROM generate_series(0, {(Students * OfAYear) - 1}) AS i,
                LATERAL (SELECT CASE WHEN i % {Students} = 0 AND {years} = 0 THEN '{user}' ELSE md5((i % {Students})::text || '{years / 4}')::uuid END AS student) AS people;
            ANALYZE audit
            """);
    }

    [Fact]
    public async Task Rating()
    {
        const int OfAYear = 20;
        var system = new UsersSystem();
        await system.InitializeAsync();
        await using var disposing = system;
        var student = (await system.AddAsync()).Id;
        await AddYearAsync(years: 0);
        var client = system.As(system.Admin);
        var request = new ListRatingEntriesRequest { Uuid = student.ToString(), Limit = 10 };
        var middle = (await client.ListRatingEntriesAsync(request)).Next;
        (string What, Func<Task> Call)[] calls =
        [
            ("newest", async () => Assert.Equal(10, (await client.ListRatingEntriesAsync(request)).Entries.Count)),
            ("later page", async () => Assert.Equal(10, (await client.ListRatingEntriesAsync(new ListRatingEntriesRequest(request) { Before = middle })).Entries.Count)),
            ("export", async () => await ReadAllAsync(client.ExportUserData(new ExportUserDataRequest { Uuid = student.ToString() }))),
        ];
        var first = await MeasureAsync(calls, system.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);

        AssertAlike(first, await MeasureAsync(calls, system.Statements, system.ConnectionString));

        // Who has left is kept with every point.
        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $"""
            INSERT INTO users SELECT (json_populate_record(users, json_build_object('id', md5(i::text || '{years / 4}')::uuid, 'email', i || '@{years / 4}.test'))).*
            FROM users, generate_series(1, {Students - 1}) AS i WHERE users.id = '{student}' AND {years % 4} = 0;
            INSERT INTO rating_entries (id, user_id, points, reason, created_at)
            SELECT gen_random_uuid(), CASE WHEN i % {Students} > 0 THEN md5((i % {Students})::text || '{years / 4}')::uuid WHEN {years} = 0 THEN '{student}' ELSE md5(1 || '{years / 4}')::uuid END,
                5, 'Olympiad', now() - interval '{years} years 1 day' - i * interval '1 minute'
            FROM generate_series(0, {(Students * OfAYear) - 1}) AS i;
            ANALYZE
            """);

        static async Task ReadAllAsync<T>(AsyncServerStreamingCall<T> call)
        {
            using (call)
            {
                while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
                {
                }
            }
        }
    }

    [Fact]
    public async Task Events()
    {
        const int OfAYear = 250;
        const int Guests = 20;
        var system = new EventsSystem();
        await system.InitializeAsync();
        await using var disposing = system;
        var group = system.Users.AddGroup();
        var student = system.Users.Add(group);
        var coming = (await system.AddAsync(e => e.ForGroups = [group])).Id.ToString();
        await AddYearAsync(years: 0);
        var client = system.As(student);
        var file = (await client.GetCalendarAddressAsync(new GetCalendarAddressRequest())).Path["/api/v1/events/calendar/".Length..];
        (string What, Func<Task> Call)[] calls =
        [
            ("upcoming", async () => Assert.Single((await client.ListUpcomingAsync(new ListUpcomingRequest())).Events)),
            ("past", async () => Assert.Equal(200, (await client.ListPastAsync(new ListPastRequest())).Events.Count)),
            ("mine", async () => Assert.NotEmpty((await client.ListMineAsync(new ListMineRequest())).Events)),
            ("one", async () => await client.GetEventAsync(new GetEventRequest { Uuid = coming })),
            ("participants", async () => await system.Teacher.ListParticipantsAsync(new ListParticipantsRequest { Uuid = coming })),
            ("calendar", async () => await system.Anonymous.GetCalendarAsync(new GetCalendarRequest { File = file })),
        ];
        var first = await MeasureAsync(calls, system.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);
        await ExecuteAsync(system.ConnectionString, "VACUUM ANALYZE");

        AssertAlike(first, await MeasureAsync(calls, system.Statements, system.ConnectionString));

        // Of a year half are for everyone and half for its groups; twenty take part in each, this student in three of his year: each is found by an index that gains in depth.
        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $$"""
            WITH held AS (
                INSERT INTO events (id, created_at, updated_at, title, text, place, starts_at, ends_at, seats_taken, waiting, last_position,
                    for_groups, registration_opens_at, registration_closes_at)
                SELECT gen_random_uuid(), at, at, 'Olympiad ' || i, 'Text', 'Hall', at, at + interval '1 hour', {{Guests}}, 0, {{Guests}},
                    CASE WHEN i % 2 = 0 THEN ARRAY[]::uuid[] WHEN {{years}} < 4 THEN ARRAY['{{group}}'::uuid] ELSE ARRAY[md5('group {{years / 4}}')::uuid] END, at - interval '9 days', at
                FROM generate_series(1, {{OfAYear}}) AS i, LATERAL (SELECT now() - interval '{{years}} years 1 day' - i * interval '1 day' AS at) AS times
                RETURNING id, starts_at, title)
            INSERT INTO registrations (event_id, user_id, position, status, registered_at)
            SELECT id, CASE WHEN place = 1 AND {{years}} = 0 AND title LIKE '%25' THEN '{{student}}' ELSE md5(place || title || '{{years / 4}}')::uuid END, place, 0, starts_at
            FROM held, generate_series(1, {{Guests}}) AS place;
            ANALYZE
            """);
    }

    [Fact]
    public async Task Sessions()
    {
        const int OfAYear = 40;
        var system = await AuthSystem.StartAsync();
        await using var disposing = system;
        var (user, email, tokens) = await system.SignedInAsync();
        await ExecuteAsync(system.ConnectionString, $"""
            INSERT INTO credentials SELECT (json_populate_record(credentials, json_build_object('user_id', md5(i::text)::uuid, 'email', i || '@school.test'))).*
            FROM credentials, generate_series(1, {Students}) AS i WHERE credentials.user_id = '{user}'
            """);
        await AddYearAsync(years: 0);
        await RetainAsync();
        (string What, Func<Task> Call)[] calls =
        [
            ("sessions", async () => Assert.NotEmpty((await system.Client(tokens.AccessToken).ListSessionsAsync(new ListSessionsRequest())).Sessions)),
            ("refresh", async () => await system.Client(tokens.RefreshToken).RefreshAsync(new RefreshRequest())),
            ("wrong password", async () => await Failing.WithAsync(StatusCode.Unauthenticated, () => system.LogInAsync(email, "wrong password"))),
            ("sign-in", async () => await system.LogInAsync(email)),
        ];
        var first = await MeasureAsync(calls, system.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);
        await RetainAsync();

        AssertAlike(first, await MeasureAsync(calls, system.Statements, system.ConnectionString));
        // Those of the last month, and what was opened here.
        Assert.InRange((long)(await ExecuteAsync(system.ConnectionString, "SELECT count(*) FROM sessions"))!, 1, (Students * OfAYear / 12) + Students);

        // Everybody every few days, on devices that change in time, and one in ten mistypes.
        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $"""
            INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, refresh_token_id, user_agent, address)
            SELECT gen_random_uuid(), md5((1 + i % {Students})::text)::uuid, at, at, at + interval '30 days', gen_random_uuid(), 'tests', '192.0.2.1' FROM {Times(years)};
            INSERT INTO known_places (key, user_id, last_at) SELECT sha256(('{years}' || i)::bytea), md5((1 + i % {Students})::text)::uuid, at FROM {Times(years)} WHERE i % 20 = 0;
            INSERT INTO login_failures (key, count, last_at, blocked_until) SELECT sha256(('{years}' || i)::bytea), 1, at, at FROM {Times(years)} WHERE i % 10 = 0;
            INSERT INTO revocations (session_id, expired_only, forget_at) SELECT gen_random_uuid(), false, at + interval '30 days' FROM {Times(years)} WHERE i % 5 = 0
            """);

        static string Times(int years) =>
            $"generate_series(0, {(Students * OfAYear) - 1}) AS i, LATERAL (SELECT now() - interval '{years} years 1 hour' - i * interval '1 year' / {Students * OfAYear} AS at) AS times";

        async Task RetainAsync()
        {
            var run = system.Host.Services.GetRequiredService<RetentionJob<AuthDb>>().RunAsync(TestContext.Current.CancellationToken);
            await Eventually.HoldsAsync(
                () =>
                {
                    // Its pauses are of the test's time.
                    system.Time.Advance(TimeSpan.FromMilliseconds(50));
                    return Task.FromResult(run.IsCompleted);
                },
                "what is over is forgotten",
                TimeSpan.FromMinutes(2));
            await run;
            await ExecuteAsync(system.ConnectionString, "VACUUM ANALYZE");
        }
    }

    [Fact]
    public async Task Files()
    {
        const int OfAYear = 20;
        var system = new FilesHost();
        await system.InitializeAsync();
        await using var disposing = system;
        var owner = Guid.NewGuid();
        var file = (await system.StoreAsync(owner, "achievement", Document(0))).FileId;
        await AddYearAsync(years: 0);
        var number = 0;
        (string What, Func<Task> Call)[] calls =
        [
            ("one", async () => await system.Files.GetFileAsync(new GetFileRequest { FileId = file, OwnerId = owner.ToString(), Kind = "achievement" })),
            ("store", async () => await system.StoreAsync(owner, "achievement", Document(++number))),
            ("collection", async () => Assert.Equal((0, 0), await system.CollectAsync())),
        ];
        var first = await MeasureAsync(calls, system.Statements, system.ConnectionString);

        for (var years = 1; years < Years; years++)
            await AddYearAsync(years);

        AssertAlike(first, await MeasureAsync(calls, system.Statements, system.ConnectionString));

        static byte[] Document(int number) => Encoding.ASCII.GetBytes($"%PDF-1.4 {number}");

        Task<object?> AddYearAsync(int years) => ExecuteAsync(system.ConnectionString, $"""
            INSERT INTO blobs (folder, name, size, maybe_unused) SELECT 'achievements', md5('{years} ' || i) || '.pdf', 10, false FROM generate_series(0, {(Students * OfAYear) - 1}) AS i;
            INSERT INTO files (id, owner_id, kind, folder, name, content_type, size, original_name, created_at)
            SELECT gen_random_uuid(), CASE WHEN i % {Students} = 0 AND {years} = 0 THEN '{owner}' ELSE md5((i % {Students})::text || '{years / 4}')::uuid END,
                'achievement', 'achievements', md5('{years} ' || i) || '.pdf', 'application/pdf', 10, 'a.pdf', now() - interval '{years} years 1 day'
            FROM generate_series(0, {(Students * OfAYear) - 1}) AS i;
            INSERT INTO claims (file_id, service, claim) SELECT id, 'achievements', id::text FROM files WHERE content_type = 'application/pdf' ON CONFLICT DO NOTHING;
            ANALYZE
            """);
    }

    private static async Task<Dictionary<string, long>> MeasureAsync((string What, Func<Task> Call)[] calls, ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> log, string connectionString)
    {
        var blocks = new Dictionary<string, long>();
        foreach (var (what, call) in calls)
        {
            log.Clear();
            await call();
            Assert.NotEmpty(log);
            blocks[what] = 0;
            foreach (var statement in log.ToArray())
                blocks[what] += await StatementLog.CountBlocksAsync(connectionString, statement);
            Assert.True(blocks[what] > 0, $"{what} reads nothing.");
        }

        return blocks;
    }

    private static void AssertAlike(Dictionary<string, long> first, Dictionary<string, long> tenth) =>
        Assert.All(first, call => Assert.True(tenth[call.Key] <= (call.Value * 1.2) + Depth, $"{call.Key}: {call.Value} blocks in the first year, {tenth[call.Key]} in the tenth"));

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 120;
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
