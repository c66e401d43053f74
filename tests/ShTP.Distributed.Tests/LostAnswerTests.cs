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
    private const string Notifications = "/api/v1/notifications";
    private const int MostUnread = 200;

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

    /// <summary>Only what came in an answer that was cut may come again.</summary>
    [Fact]
    public async Task Poll_ThatWasCut_LosesNothingAndRepeatsNothingElse()
    {
        var admin = await system.AdminAsync();
        var (id, student) = await EnrollAsync(admin);
        var sent = new List<string>();
        var cut = new HashSet<string>();
        var whole = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var text = $"n{Guid.NewGuid():N}";
            sent.Add(text);
            await TellAsync(admin, id, text);
            var answer = await CutConnection.SendAsync(student, new HttpRequestMessage(HttpMethod.Get, Notifications), Random.Shared.NextDouble() * LongestCall, mayRead: true);
            Assert.DoesNotContain(whole, one => answer.Contains(one, StringComparison.Ordinal));
            // What came is as good as seen, wherever the cut fell.
            cut.UnionWith(sent.Where(one => answer.Contains(one, StringComparison.Ordinal)));
            await Eventually.HoldsAsync(async () =>
            {
                whole.AddRange(await PollAsync(student));
                return cut.Contains(text) || whole.Contains(text);
            }, $"{text} is shown", TimeSpan.FromSeconds(30));
        }

        await AllSettledAsync(id, async () => whole.AddRange(await PollAsync(student)));
        Assert.Equal(sent.Order(), whole.Union(cut).Order());
        Assert.Equal(whole.Distinct().Order(), whole.Order());
    }

    [Fact]
    public async Task Poll_ThatWasShownWhole_IsNotRepeated()
    {
        var admin = await system.AdminAsync();
        var (id, student) = await EnrollAsync(admin);
        var sent = new List<string>();
        var shown = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            sent.Add($"n{Guid.NewGuid():N}");
            await TellAsync(admin, id, sent[^1]);
            shown.AddRange(await PollAsync(student));
            // At once, and over a connection that is closed at the end, too.
            shown.AddRange(await PollAsync(student));
            sent.Add($"n{Guid.NewGuid():N}");
            await TellAsync(admin, id, sent[^1]);
            using var other = new HttpClient { BaseAddress = student.Http.BaseAddress };
            shown.AddRange(await PollAsync(new ApiClient(other, student.Token)));
        }

        await AllSettledAsync(id, async () => shown.AddRange(await PollAsync(student)));
        Assert.Equal(sent, shown);
    }

    /// <summary>As the browser and the Android client ask: an answer of this length is compressed, and its length is not known before.</summary>
    [Fact]
    public async Task PollOfMany_CutInTheMiddleOfItsBody_IsShownWholeByTheNextOne()
    {
        var admin = await system.AdminAsync();
        var (id, student) = await EnrollAsync(admin);
        var sent = Enumerable.Range(0, MostUnread).Select(_ => $"n{Guid.NewGuid():N}").ToList();
        await Parallel.ForEachAsync(sent, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (text, _) => await TellAsync(admin, id, text));
        for (var round = 0; round < Rounds; round++)
            await CutConnection.ReadPartAsync(student, Notifications, bytes: 2048, buffer: round % 2 == 0 ? 4096 : null);

        using var browser = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip }) { BaseAddress = student.Http.BaseAddress };
        var shown = await PollAsync(new ApiClient(browser, student.Token));
        Assert.Equal(sent.Order(), shown.Order());
        await AllSettledAsync(id, async () => shown.AddRange(await PollAsync(student)));
        Assert.Equal(sent.Order(), shown.Order());
    }

    private static async Task TellAsync(ApiClient admin, string user, string text) => (await admin.PutAsync(Notifications, new { toUser = user, type = 4, data = new { text } })).Ok();

    private static async Task<List<string>> PollAsync(ApiClient client) =>
        [.. ((JsonArray)(await client.GetAsync(Notifications)).Ok().Json!).Select(row => (string)row!["data"]!["text"]!)];

    /// <summary>Polls until no answer can come again.</summary>
    private async Task AllSettledAsync(string user, Func<Task> poll)
    {
        await using var source = NpgsqlDataSource.Create(await system.ConnectionStringAsync("notificationsdb"));
        await Eventually.HoldsAsync(async () =>
        {
            await poll();
            await using var command = source.CreateCommand("SELECT count(*) FROM notifications WHERE user_id = @user AND (delivery IS NOT NULL OR NOT viewed)");
            command.Parameters.AddWithValue("user", Guid.Parse(user));
            return (long)(await command.ExecuteScalarAsync())! == 0;
        }, "every notification was shown and is settled", TimeSpan.FromSeconds(30));
        await poll();
    }

    private async Task<(string Id, ApiClient Client)> EnrollAsync(ApiClient admin)
    {
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        return (id, await system.Anonymous().LoginAsync(email, School.Password));
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
