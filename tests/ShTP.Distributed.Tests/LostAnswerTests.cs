using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>
/// Connections are cut at random points of a call, as a tunnel or a closed laptop does it, and the client tries again.
/// <c>SHTP_CUT_ROUNDS=1000</c> makes it the nightly run.
/// </summary>
[Collection(CalmSystem.Name)]
public sealed class LostAnswerTests(RunningSystem system)
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("SHTP_CUT_ROUNDS") ?? "8", CultureInfo.InvariantCulture);

    // A little longer than a call takes, so that cuts fall before, into and behind it.
    private static readonly TimeSpan LongestCall = TimeSpan.FromMilliseconds(60);

    [Theory]
    [InlineData("groups", true)]
    [InlineData("groups", false)]
    [InlineData("events", true)]
    [InlineData("events", false)]
    [InlineData("tasks", true)]
    [InlineData("tasks", false)]
    [InlineData("achievements", true)]
    [InlineData("achievements", false)]
    [InlineData("broadcasts", true)]
    [InlineData("broadcasts", false)]
    public async Task Creation_WhoseAnswerWasLost_HasOneEffect(string kind, bool hasKey)
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        await admin.CreateUserAsync(group, School.UniqueEmail());
        for (var round = 0; round < Rounds; round++)
        {
            // Uploads are limited by user.
            var caller = kind == "achievements" ? await StudentAsync(admin, group) : admin;
            var title = $"{kind} {Guid.NewGuid():N}";
            var key = hasKey ? $"\"{Guid.NewGuid()}\"" : null;
            await CutConnection.SendAsync(caller, Make(kind, title, group, key), Random.Shared.NextDouble() * LongestCall);
            var first = await RepeatAsync(caller, () => Make(kind, title, group, key));
            Assert.Equal(first, await RepeatAsync(caller, () => Make(kind, title, group, key)));
            Assert.Equal(1, await CountAsync(kind, title));
        }
    }

    [Fact]
    public async Task Poll_ThatWasCut_LosesNothing()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(group, email);
        var student = await system.Anonymous().LoginAsync(email, School.Password);
        for (var round = 0; round < Rounds; round++)
        {
            var text = $"n{Guid.NewGuid():N}";
            (await admin.PutAsync("/api/v1/notifications", new { toUser = id, type = 4, data = new { text } })).Ok();
            // What came whole is as good as seen, wherever the cut fell.
            var cut = await CutConnection.SendAsync(student, new HttpRequestMessage(HttpMethod.Get, "/api/v1/notifications"), Random.Shared.NextDouble() * LongestCall, mayRead: true);
            var seen = cut.Contains(text, StringComparison.Ordinal) ? 1 : 0;
            await Eventually.HoldsAsync(async () =>
            {
                var answer = (await student.GetAsync("/api/v1/notifications")).Ok();
                seen += ((JsonArray)answer.Json!).Count(row => (string)row!["data"]!["text"]! == text);
                return seen > 0;
            }, $"{text} is shown", TimeSpan.FromSeconds(30));
            // An answer of which the gateway does not know whether it came is shown once more.
            await Eventually.HoldsAsync(async () => (await student.GetAsync("/api/v1/notifications")).Ok().Text == "[]", "nothing is left", TimeSpan.FromSeconds(30));
        }
    }

    private async Task<ApiClient> StudentAsync(ApiClient admin, string group)
    {
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(group, email);
        return await system.Anonymous().LoginAsync(email, School.Password);
    }

    private static HttpRequestMessage Make(string kind, string title, string group, string? key)
    {
        var request = kind switch
        {
            "groups" => Put("groups", new { name = title, color = "red" }),
            "events" => Put("events", new { title, text = "", place = "Hall", startsAt = "2090-09-05T15:00:00", endsAt = "2090-09-05T17:00:00", seats = 3 }),
            "tasks" => Put("assigments/tasks", new { title, text = "<p>Add.</p>", timeLimit = 2, memoryLimit = 64, tests = new[] { new { input = "1 2", output = "3", demo = true } } }),
            "broadcasts" => Put("notifications", new { toGroup = group, type = 4, data = new { text = title } }),
            "achievements" => new HttpRequestMessage(HttpMethod.Put, "/api/v1/achievements") { Content = Achievements.AsReactSends(title, Achievements.Pdf) },
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }

    private static HttpRequestMessage Put(string path, object body) => new(HttpMethod.Put, $"/api/v1/{path}") { Content = JsonContent.Create(body) };

    // 409 says that the call which was cut is still running.
    private static async Task<string> RepeatAsync(ApiClient client, Func<HttpRequestMessage> make)
    {
        var text = "";
        await Eventually.HoldsAsync(async () =>
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Token);
            using var response = await client.Http.SendAsync(request);
            text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{(int)response.StatusCode}: {text}");
            return response.StatusCode == HttpStatusCode.OK;
        }, "the call is answered", RunningSystem.StepLimit);
        return text;
    }

    private async Task<long> CountAsync(string kind, string title)
    {
        var (database, query) = kind switch
        {
            "groups" => ("usersdb", "SELECT count(*) FROM groups WHERE name = @title"),
            "events" => ("eventsdb", "SELECT count(*) FROM events WHERE title = @title"),
            "tasks" => ("assignmentsdb", "SELECT count(*) FROM tasks WHERE title = @title"),
            "broadcasts" => ("notificationsdb", "SELECT count(*) FROM notifications WHERE data->>'text' = @title"),
            "achievements" => ("achievementsdb", "SELECT count(*) FROM achievements WHERE title = @title"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        await using var source = NpgsqlDataSource.Create(await system.ConnectionStringAsync(database));
        await using var command = source.CreateCommand(query);
        command.Parameters.AddWithValue("title", title);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
