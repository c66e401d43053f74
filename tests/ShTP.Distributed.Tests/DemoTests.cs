using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The system with a small demo school.</summary>
public sealed class DemoSystem : RunningSystem
{
    public const int Students = 24;

    protected override IReadOnlyList<string> Arguments => [.. base.Arguments, "--demo=true", $"--demo:students={Students}"];
}

/// <summary>What <c>--demo</c> makes, and that it makes it once.</summary>
[Collection(OwnSystem.Name)]
public sealed partial class DemoTests(DemoSystem system) : IClassFixture<DemoSystem>
{
    private const string Demo = "demo";
    private const int Teachers = 5;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly string[] Databases = ["authdb", "usersdb", "filesdb", "achievementsdb", "eventsdb", "notificationsdb", "assignmentsdb"];

    // What every run leaves: it signs people in, and calls with keys.
    private static readonly string[] Traces = ["sessions", "inbox", "audit", "recorded_calls"];

    [Fact]
    public async Task Demo_RunTwice_FillsEveryPartAndAddsNothing()
    {
        await FinishedAsync();
        var first = await CountsAsync();

        Assert.Equal(1 + Teachers + DemoSystem.Students, first["usersdb.users"]);
        foreach (var filled in (string[])["achievementsdb.achievements", "achievementsdb.medals", "eventsdb.events", "eventsdb.registrations", "notificationsdb.notifications",
            "notificationsdb.banners", "assignmentsdb.tasks", "assignmentsdb.contests", "assignmentsdb.submissions", "filesdb.blobs", "usersdb.rating_entries"])
            Assert.True(first[filled] > 0, $"{filled} is empty");
        await TeacherSeesAsync();
        await StudentSeesAsync();

        var restarted = await system.App.ResourceCommands.ExecuteCommandAsync(Demo, KnownResourceCommands.StartCommand).WaitAsync(RunningSystem.StepLimit);
        Assert.True(restarted.Success, restarted.Message);
        await FinishedAsync();

        Assert.Equal(first, await CountsAsync());
    }

    private async Task TeacherSeesAsync()
    {
        var teacher = await SignInAsync("Teacher");
        Assert.Equal("teacher", (string)(await teacher.GetAsync("/api/v1/auth/me")).Ok()["role"]!);
        Assert.NotEmpty((JsonArray)(await teacher.GetAsync("/api/v1/achievements/queue")).Ok().Json!);
        var events = (JsonArray)(await teacher.GetAsync("/api/v1/events/upcoming")).Ok().Json!;
        Assert.Contains(events, row => (int?)row!["seats"] == (int)row["seatsTaken"]! && (int)row["waiting"]! > 0);
        Assert.Contains(events, row => row!["cancelledAt"] is not null);
        Assert.NotEmpty((JsonArray)(await teacher.GetAsync("/api/v1/events/past")).Ok().Json!);
        var tasks = (JsonArray)(await teacher.GetAsync("/api/v1/assigments/tasks")).Ok().Json!;
        Assert.Single(tasks, row => (bool)row!["dayChallenge"]!);
        Assert.Contains(tasks, row => row!["functionName"] is not null);
    }

    private async Task StudentSeesAsync()
    {
        var student = await SignInAsync("Student");
        foreach (var list in (string[])["achievements", "achievements/pending", "achievements/rejected", "events/my", "notifications/unread", "assigments/tasks/challenge/submits"])
            Assert.True(((JsonArray)(await student.GetAsync($"/api/v1/{list}")).Ok().Json!).Count > 0, $"{list} is empty");
        var achievement = ((JsonArray)(await student.GetAsync("/api/v1/achievements")).Ok().Json!)[0]!;
        using var picture = await student.Http.GetAsync($"/storage/achievements/{(string)achievement["attachmentName"]!}");
        Assert.Equal("image/png", picture.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>As the demo printed it.</summary>
    private async Task<ApiClient> SignInAsync(string who)
    {
        var email = await PrintedAsync(who, 1);
        return await system.Anonymous().LoginAsync(email, await PrintedAsync("Teacher", 2));
    }

    private async Task<string> PrintedAsync(string who, int part)
    {
        foreach (var line in await PrintedAsync())
            if (SignIn().Match(line) is { Success: true } match && match.Value.Contains($"{who}:", StringComparison.Ordinal))
                return match.Groups[part].Value;
        throw new InvalidOperationException($"the demo printed no sign-in of a {who}");
    }

    private async Task<IReadOnlyList<string>> PrintedAsync()
    {
        Assert.True(system.App.ResourceNotifications.TryGetCurrentState(Demo, out var demo));
        var printed = new List<string>();
        await foreach (var lines in system.App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(demo.ResourceId))
            printed.AddRange(lines.Select(line => line.Content));
        return printed;
    }

    private async Task FinishedAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var ended = await system.App.ResourceNotifications.WaitForResourceAsync(Demo,
            change => change.Snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text), limit.Token);
        Assert.True(ended.Snapshot.ExitCode == 0, string.Join('\n', await PrintedAsync()));
        await Eventually.HoldsAsync(async () => (await CountsAsync()).Where(count => count.Key.EndsWith(".outbox", StringComparison.Ordinal)).All(count => count.Value == 0),
            "everybody was told everything", Limit);
    }

    /// <summary>The rows of every table.</summary>
    private async Task<SortedDictionary<string, long>> CountsAsync()
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var database in Databases)
        {
            await using var connection = new NpgsqlConnection(await system.ConnectionStringAsync(database));
            await connection.OpenAsync();
            var tables = new List<string>();
            await using (var command = new NpgsqlCommand("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'", connection))
            await using (var reader = await command.ExecuteReaderAsync())
                while (await reader.ReadAsync())
                    tables.Add(reader.GetString(0));
            foreach (var table in tables.Except(Traces))
            {
                await using var count = new NpgsqlCommand($"SELECT count(*) FROM \"{table}\"", connection);
                counts[$"{database}.{table}"] = Convert.ToInt64(await count.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
            }
        }

        return counts;
    }

    [GeneratedRegex(@"(?:Teacher|Student): (\S+@\S+), (?:password (\S+)|the same password)")]
    private static partial Regex SignIn();
}
