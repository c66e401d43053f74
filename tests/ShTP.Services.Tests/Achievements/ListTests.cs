using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.V1;
using ShTP.Testing;
using Xunit;
using static ShTP.Services.Tests.Achievements.AchievementsSystem;

namespace ShTP.Services.Tests.Achievements;

/// <summary>Lists over everybody's achievements: each test has a system of its own.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private const int Pending = 10_000;
    private const int Decided = 190_000;

    private readonly AchievementsSystem _system = new();

    public ValueTask InitializeAsync() => _system.InitializeAsync();

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task Queue_PageByPage_HasEveryWaitingOneOnceNewestFirst()
    {
        var students = Enumerable.Range(0, 3).Select(_ => _system.AddStudent()).ToArray();
        var created = new List<string>();
        for (var i = 0; i < 9; i++)
            created.Add((await _system.HandInAsync(students[i % 3], $"Номер {i}")).Uuid);
        await _system.Teacher().ModerateAchievementAsync(Accept(created[4], 1));
        created.RemoveAt(4);

        var pages = new List<string>();
        var request = new ListQueueRequest { Limit = 3 };
        while ((await _system.Teacher().ListQueueAsync(request)).Achievements is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 3);
            Assert.All(page, row => Assert.NotNull(row.User));
            pages.AddRange(page.Select(row => row.Uuid));
            request.Before = pages[^1];
        }

        Assert.Equal(Enumerable.Reverse(created), pages);
    }

    [Fact]
    public async Task Queue_OwnerIsGone_LeavesTheRowOut()
    {
        var (student, gone) = (_system.AddStudent(), _system.AddStudent());
        var stays = await _system.HandInAsync(student);
        await _system.HandInAsync(gone);
        _system.Users.People.TryRemove(gone, out _);

        Assert.Equal(stays.Uuid, Assert.Single((await _system.Teacher().ListQueueAsync(new ListQueueRequest())).Achievements).Uuid);
    }

    [Fact]
    public async Task Queue_PageOfDeletedUsersOnly_GoesOnToTheNext()
    {
        var (student, gone) = (_system.AddStudent(), _system.AddStudent());
        var stays = await _system.HandInAsync(student);
        for (var i = 0; i < 5; i++)
            await _system.HandInAsync(gone);
        _system.Users.People.TryRemove(gone, out _);

        Assert.Equal(stays.Uuid, Assert.Single((await _system.Teacher().ListQueueAsync(new ListQueueRequest { Limit = 2 })).Achievements).Uuid);
    }

    [Fact]
    public async Task Queue_LongestRows_FitIntoMessagesAndAreAllThere()
    {
        var student = _system.AddStudent();
        var text = new string('Щ', 5000);
        await _system.WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO achievements (id, user_id, event_type, title, description, file_id, file_name, original_name, created_at, status, is_reversed)
            SELECT gen_random_uuid(), {student}, 0, 't', {text}, gen_random_uuid(), 'a.pdf', 'a.pdf', now(), 0, false FROM generate_series(1, 1000)
            """));
        var request = new ListQueueRequest();
        var seen = new List<string>();
        while ((await _system.Teacher().ListQueueAsync(request)).Achievements is { Count: > 0 } page)
        {
            Assert.InRange(page.Count, 1, 999);
            seen.AddRange(page.Select(row => row.Uuid));
            request.Before = seen[^1];
        }

        Assert.Equal((1000, 1000), (seen.Count, seen.Distinct().Count()));
    }

    [Fact]
    public async Task Queue_NonsensicalPage_IsRefused()
    {
        foreach (var request in new ListQueueRequest[] { new() { Limit = 0 }, new() { Limit = 1001 }, new() { Before = "x" }, new() { Before = Guid.NewGuid().ToString() } })
            Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(_system.Teacher().ListQueueAsync(request))).StatusCode);
    }

    [Fact]
    public async Task ListUserAchievements_Many_GivesTheNewestSix()
    {
        var student = _system.AddStudent();
        for (var i = 0; i < 8; i++)
            await _system.Teacher().ModerateAchievementAsync(Accept((await _system.HandInAsync(student, $"{i}")).Uuid, 1));
        var client = _system.Host.Anonymous<AchievementsService.AchievementsServiceClient>();

        Assert.Equal(["7", "6", "5", "4", "3", "2"], (await client.ListUserAchievementsAsync(new() { Uuid = student.ToString() })).Achievements.Select(row => row.Title));
        Assert.Empty((await client.ListUserAchievementsAsync(new() { Uuid = Guid.NewGuid().ToString() })).Achievements);
        Assert.Equal(StatusCode.InvalidArgument, (await FailsAsync(client.ListUserAchievementsAsync(new() { Uuid = "x" }))).StatusCode);
    }

    [Fact]
    public async Task Lists_TwoHundredThousandAchievements_ReadByIndex()
    {
        var students = Enumerable.Range(0, 100).Select(_ => _system.AddStudent()).ToArray();
        await SeedAsync(students);
        var student = students[0];
        var middle = (await _system.Teacher().ListQueueAsync(new ListQueueRequest { Limit = 1000 })).Achievements[^1].Uuid;

        (string What, Func<Task> Call)[] calls =
        [
            ("queue", async () => Assert.Equal(1000, (await _system.Teacher().ListQueueAsync(new ListQueueRequest())).Achievements.Count)),
            ("page", async () => Assert.Equal(50, (await _system.Teacher().ListQueueAsync(new ListQueueRequest { Limit = 50, Before = middle })).Achievements.Count)),
            ("own", async () => await _system.As(student).ListAchievementsAsync(new ListAchievementsRequest())),
            ("pending", async () => await _system.As(student).ListPendingAsync(new ListPendingRequest())),
        ];
        foreach (var (what, call) in calls)
        {
            _system.Log.Statements.Clear();
            await call();
            Assert.NotEmpty(_system.Log.Statements);
            foreach (var statement in _system.Log.Statements)
            {
                var plan = await StatementLog.ExplainAsync(_system.ConnectionString, statement);
                Assert.False(plan.Contains("Seq Scan", StringComparison.Ordinal), $"{what}:\n{plan}");
                // A student's hundred may be sorted, the school's ten thousand not.
                Assert.False(what is "queue" or "page" && plan.Contains("Sort", StringComparison.Ordinal), $"{what}:\n{plan}");
            }
        }
    }

    private Task<int> SeedAsync(Guid[] students) => _system.WithDbAsync(async db =>
    {
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(3));
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO achievements (id, user_id, event_type, title, description, file_id, file_name, original_name, created_at, status, points, decided_at, is_reversed)
            SELECT gen_random_uuid(), CASE WHEN i % 20 = 0 THEN ({students})[1 + i / 20 % 100] ELSE gen_random_uuid() END, 0, 'Номер ' || i, 'x', gen_random_uuid(), 'x.pdf', 'x.pdf',
                now() + i * interval '1 millisecond', CASE WHEN i % 20 = 0 THEN 0 ELSE 1 END, 1, now(), false
            FROM generate_series(1, {Pending + Decided}) AS i
            """);
        return await db.Database.ExecuteSqlAsync($"ANALYZE achievements");
    });
}
