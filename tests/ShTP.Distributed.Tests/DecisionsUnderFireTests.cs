using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>
/// Decisions on achievements while processes are killed at random points: points reach the ledger once, and each
/// decision is told once. <c>SHTP_KILL_ROUNDS=200</c> makes it the nightly run.
/// </summary>
[Collection(ShakenSystem.Name)]
public sealed class DecisionsUnderFireTests(RunningSystem system)
{
    // What the achievements of a round are worth; each belongs to another student.
    private static readonly int[] Points = [0, 1, 2, 3];
    private static readonly string[] Victims = ["achievements", "users", "notifications", "gateway", "postgres"];
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(60);

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("SHTP_KILL_ROUNDS") ?? "20", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Moderate_KilledAtRandomPoints_CountsAndTellsEachDecisionOnce()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var students = new List<(ApiClient Client, string Id, EventStream Live)>();
        foreach (var _ in Points)
        {
            var email = School.UniqueEmail();
            var id = await admin.CreateUserAsync(group, email);
            var client = await system.Anonymous().LoginAsync(email, School.Password);
            var live = new EventStream(client);
            await live.OpenAsync(after: 0);
            students.Add((client, id, live));
        }

        for (var round = 0; round < Rounds; round++)
        {
            var uuids = await Task.WhenAll(students.Select(student => HandInAsync(student.Client)));
            var victim = Victims[random.Next(Victims.Length)];
            var decisions = uuids.Select((uuid, i) => DecideAsync(admin, uuid, Points[i])).ToArray();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(60))); // the random point, not a wait for something
            await system.KillAsync(victim);
            await system.ReviveAsync(victim);
            await Task.WhenAll(decisions).WaitAsync(Settle);
        }

        foreach (var (student, i) in students.Select((student, i) => (student, i)))
        {
            await Eventually.HoldsAsync(async () => (await LedgerAsync(student.Client, student.Id)).Sum() >= Rounds * Points[i], "all points have come", Settle);
            await Eventually.HoldsAsync(() => Task.FromResult(student.Live.Received.Count >= Rounds), "all decisions were told", Settle);
        }

        // What is still on its way would come twice or too much: the outboxes are empty before the count.
        await Eventually.HoldsAsync(OutboxesAreEmptyAsync, "nothing is on its way", Settle);
        foreach (var (student, points) in students.Zip(Points))
        {
            var ledger = await LedgerAsync(student.Client, student.Id);
            Assert.Equal(Enumerable.Repeat(points, points == 0 ? 0 : Rounds), ledger);
            Assert.Equal(Rounds * points, (int)(await student.Client.GetAsync("/api/v1/auth/me")).Ok()["rating"]!);
            var told = student.Live.Received;
            Assert.Equal(Rounds, told.Count);
            Assert.Equal(Rounds, told.Select(one => (string)one.Data["name"]!).Distinct().Count());
            Assert.All(told, one => Assert.Equal((0, points), (one.Type, (int)one.Data["points"]!)));
            Assert.Equal(told.Select(one => one.Id).Distinct().Order(), told.Select(one => one.Id));
            await student.Live.DisposeAsync();
        }
    }

    private static async Task<string> HandInAsync(ApiClient student)
    {
        var answer = await TryAsync(() => student.SendAsync(HttpMethod.Put, "/api/v1/achievements", Achievements.AsReactSends($"Победа {Guid.NewGuid():N}", Achievements.Pdf)));
        return (string)answer["uuid"]!;
    }

    private static Task<Answer> DecideAsync(ApiClient admin, string uuid, int points) =>
        TryAsync(() => admin.PatchAsync("/api/v1/achievements/moderate", new { uuid, status = 1, points }));

    /// <summary>As a teacher does who sees an error: the same again, until it works.</summary>
    private static async Task<Answer> TryAsync(Func<Task<Answer>> call)
    {
        Answer? done = null;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                var answer = await call();
                Assert.True(answer.Status == HttpStatusCode.OK || (int)answer.Status >= 500 || answer.Status == HttpStatusCode.TooManyRequests, $"{answer.Status}: {answer.Text}");
                done = answer.Status == HttpStatusCode.OK ? answer : null;
            }
            catch (HttpRequestException)
            {
                // The gateway is the victim.
            }

            return done is not null;
        }, "the call succeeds in the end", Settle);
        return done!;
    }

    private static async Task<List<int>> LedgerAsync(ApiClient student, string id)
    {
        var points = new List<int>();
        for (var page = ""; ;)
        {
            var rows = (JsonArray)(await student.GetAsync($"/api/v1/users/{id}/rating?limit=100{page}")).Ok().Json!;
            points.AddRange(rows.Select(row => (int)row!["points"]!));
            if (rows.Count < 100)
                return points;
            page = $"&before={(string)rows[^1]!["uuid"]!}";
        }
    }

    private async Task<bool> OutboxesAreEmptyAsync()
    {
        foreach (var database in (string[])["achievementsdb", "usersdb"])
        {
            await using var source = Npgsql.NpgsqlDataSource.Create(await system.ConnectionStringAsync(database));
            await using var command = source.CreateCommand("SELECT count(*) FROM outbox");
            if ((long)(await command.ExecuteScalarAsync())! > 0)
                return false;
        }

        return true;
    }
}
