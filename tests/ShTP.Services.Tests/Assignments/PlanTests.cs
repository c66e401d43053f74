using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Testing;
using Xunit;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Services.Tests.Assignments;

/// <summary>At 200,000 submissions nothing that is called often reads a whole table: the very statements of the service are explained.</summary>
public sealed partial class PlanTests
{
    private const int Count = 200_000;
    private const int Students = 1000;
    private const int Queued = 2000;

    [Fact]
    public async Task Queries_TwoHundredThousandSubmissions_UseIndexes()
    {
        await using var own = new OwnSystem();
        var system = await own.StartAsync();
        var group = system.AddGroup();
        var student = system.AddStudent(group);
        var task = (await system.AddChallengeAsync()).Uuid;
        var contest = (await system.TeacherContests.CreateContestAsync(AssignmentsSystem.NewContest(group, task))).Uuid;
        await SeedAsync(system, Guid.Parse(task), Guid.Parse(contest), student);

        (string What, Func<Task> Call)[] calls =
        [
            ("leaderboard", async () => await system.Teacher.GetChallengeLeaderboardAsync(new GetChallengeLeaderboardRequest())),
            ("submissions of the challenge", async () => Assert.NotEmpty((await system.Tasks(student).ListChallengeSubmitsAsync(new ListChallengeSubmitsRequest())).Submits)),
            ("submissions of a task", async () => Assert.NotEmpty((await system.Tasks(student).ListTaskSubmitsAsync(new ListTaskSubmitsRequest { Uuid = task })).Submits)),
            ("submissions of a contest", async () => Assert.NotEmpty((await system.Contests(student).ListContestSubmitsAsync(new ListContestSubmitsRequest { Contest = contest, Task = task })).Submits)),
            ("solved", async () => await system.Contests(student).GetSolvedAsync(new GetSolvedRequest { Uuid = contest })),
            ("available", async () => Assert.Single((await system.Contests(student).ListAvailableAsync(new ListAvailableRequest())).Contests)),
            ("hand in", async () => Assert.True((await system.SubmitAsync(student)).HasQueuePlace)),
            ("take and complete", async () => await system.JudgeAsync(Verdict.Accepted)),
            ("heartbeat", async () => await system.Checker.HeartbeatAsync(new HeartbeatRequest { LeaseIds = { Guid.NewGuid().ToString() } })),
        ];
        foreach (var (what, call) in calls)
        {
            system.Statements.Clear();
            await call();
            Assert.NotEmpty(system.Statements);
            foreach (var statement in system.Statements)
            {
                var plan = await StatementLog.ExplainAsync(system.ConnectionString, statement);
                Assert.False(WholeTable().IsMatch(plan), $"{what}:\n{statement.Sql}\n{plan}");
            }
        }
    }

    private static async Task SeedAsync(AssignmentsSystem system, Guid task, Guid contest, Guid student) => await system.WithDbAsync(async db =>
    {
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(3));
        await db.Database.ExecuteSqlAsync($"CREATE TABLE students AS SELECT CASE WHEN i = 1 THEN {student} ELSE gen_random_uuid() END AS id, i FROM generate_series(1, {Students}) AS i");
        await db.Database.ExecuteSqlAsync(
            $$"""
            INSERT INTO work (id, user_id, language, priority, turn, state, test_counts, losses, returns, queued_at, taken_at, finished_at)
            SELECT gen_random_uuid(), students.id, 0, 0, n, CASE WHEN n > {{Count - Queued}} AND students.i > 1 THEN 0 ELSE 2 END, '{2}', 0, 0, now(),
                now() + n * interval '1 millisecond', now() + n * interval '2 milliseconds'
            FROM generate_series(1, {{Count}}) AS n JOIN students ON students.i = n % {{Students}} + 1
            """);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO submissions (id, user_id, task_id, contest_id, place, language, file_name, source, status, solved, accepted, work_id, created_at, updated_at)
            SELECT gen_random_uuid(), user_id, {task}, CASE WHEN sequence % 3 = 0 THEN {contest} END, 0, 0, 'a.py', 'print()', state, state = 2 AND sequence % 2 = 0, 0, id,
                now() + sequence * interval '1 millisecond', now()
            FROM work
            """);
        await db.Database.ExecuteSqlAsync($"DROP TABLE students");
        await db.Database.ExecuteSqlAsync($"ANALYZE");
        db.Database.SetCommandTimeout((int?)null);
        return 0;
    });

    [GeneratedRegex("Seq Scan on (submissions|work)")]
    private static partial Regex WholeTable();
}
