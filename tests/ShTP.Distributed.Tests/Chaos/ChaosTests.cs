using System.Diagnostics;
using System.Globalization;
using System.Net;
using Npgsql;
using ShTP.Invariants;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>
/// Random processes are killed and stopped, and connections cut, while people do everything that they do. Afterwards
/// every answer must have been true, and no invariant violated. <c>SHTP_CHAOS_ROUNDS=1000</c> makes it the nightly run,
/// <c>SHTP_CHAOS_SEED</c> repeats the faults of another one.
/// </summary>
[Collection(ShakenSystem.Name)]
public sealed class ChaosTests(RunningSystem system)
{
    private static readonly TimeSpan HealthyWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settle = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("SHTP_CHAOS_ROUNDS") ?? "4", CultureInfo.InvariantCulture);

    private static bool Judges => MissingTool.Find(("bwrap", "bubblewrap"), ("g++", "g++"), ("python3", "python3"), ("git", "git")).Count == 0;

    private static int Seed => Environment.GetEnvironmentVariable("SHTP_CHAOS_SEED") is { } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : Environment.TickCount;

    [Fact]
    public async Task Everything_WhileProcessesDie_HappensOnceAndWhole()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        var seed = Seed;
        Say($"SHTP_CHAOS_SEED={seed} SHTP_CHAOS_ROUNDS={Rounds}");
        var random = new Random(seed);
        if (Judges)
            await system.HealthyAsync("checker", RunningSystem.StartLimit);
        var admin = await system.AdminAsync();
        var canCutLinks = await Links.CanBeCutAsync();
        Say(canCutLinks ? "connections between processes are cut" : "connections between processes cannot be cut here (iproute2, root)");
        var faults = new Faults(system, random, canCutLinks);
        Load[] loads =
        [
            new AchievementLoad(admin, seed + 1),
            new PeopleLoad(admin, seed + 2),
            new DeletionLoad(admin, seed + 3),
            new EventLoad(admin, seed + 4),
            new NotificationLoad(admin, seed + 5),
            new FileLoad(admin, seed + 6),
            .. Judges ? [new JudgingLoad(admin, seed + 7)] : Array.Empty<Load>(),
        ];
        foreach (var load in loads)
            load.Faults = faults;
        try
        {
            await system.ExplainAsync(() => RunAsync(loads, admin, random, faults));
            var clock = Stopwatch.StartNew();
            var last = new List<string>();
            await Eventually.HoldsAsync(async () =>
            {
                var waiting = await FindWaitingAsync();
                last = waiting.Count > 0 ? waiting : last;
                return waiting.Count == 0;
            }, "nothing is on its way", Settle);
            Say($"nothing is on its way {clock.Elapsed.TotalSeconds:0.0} s later; last were {string.Join(", ", last.CountBy(what => what).Select(what => $"{what.Value} {what.Key}"))}");
            var report = await CheckAsync();
            Assert.True(report.IsHealthy, $"SHTP_CHAOS_SEED={seed}\n{string.Join('\n', report.Violations)}");
            foreach (var load in loads)
            {
                await load.VerifyAsync();
                Say($"{load.GetType().Name} found all that was promised {clock.Elapsed.TotalSeconds:0.0} s later");
            }
        }
        finally
        {
            Say(string.Join('\n', loads.SelectMany(load => load.LongestWaits)));
            await Disposing.AllAsync(loads);
        }
    }

    private static async Task RunAsync(Load[] loads, ApiClient admin, Random random, Faults faults)
    {
        foreach (var load in loads)
            await load.PrepareAsync();

        using var stop = new CancellationTokenSource();
        var work = loads.Select(load => Task.Run(() => load.RunAsync(stop.Token))).ToArray();
        try
        {
            for (var round = 1; round <= Rounds && !work.Any(one => one.IsFaulted); round++)
            {
                await faults.InjectAsync().WaitAsync(LongestRound);
                await Task.Delay(random.NextDouble() * LongestPause); // the random point of the next fault, not a wait for something
                Say($"{round}: {faults.Done[^1]}, mended after {faults.SinceFault.Elapsed.TotalSeconds:0.0} s; {string.Join(", ", loads.Select(load => $"{load.GetType().Name} {load.Steps}"))}");
            }

            if (!work.Any(one => one.IsFaulted))
                await HealthyAsync(admin, faults);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(work).WaitAsync(LongestRound);
        Say($"{loads.Sum(load => load.Repetitions)} calls were repeated");
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);

    /// <summary>One call to every service is answered as always.</summary>
    private static async Task HealthyAsync(ApiClient admin, Faults faults)
    {
        string[] calls =
        [
            "/api/v1/auth/me", "/api/v1/auth/sessions", "/api/v1/groups", "/api/v1/users/leaderboard", "/api/v1/achievements/queue", "/api/v1/events/upcoming",
            "/api/v1/notifications/unread", "/api/v1/assigments/tasks", "/api/v1/files/usage",
        ];
        await Eventually.HoldsAsync(async () =>
        {
            var answers = await Task.WhenAll(calls.Select(call => PatientClient.TryAsync(admin, HttpMethod.Get, call)));
            return answers.All(answer => answer?.Status == HttpStatusCode.OK);
        }, "everything is healthy", Settle);
        var elapsed = faults.SinceMended.Elapsed;
        Say($"healthy {elapsed.TotalSeconds:0.0} s after the last fault was mended, {faults.SinceFault.Elapsed.TotalSeconds:0.0} s after it was made");
        Assert.True(elapsed < HealthyWithin, $"healthy only {elapsed} after the last fault was mended");
    }

    /// <summary>What is in an outbox or in the queue of submissions.</summary>
    private async Task<List<string>> FindWaitingAsync()
    {
        var waiting = new List<string>();
        foreach (var database in DatabaseNames.All)
        {
            await using var source = NpgsqlDataSource.Create(await system.ConnectionStringAsync(database.NameOf()) + ";Pooling=false");
            await using var command = source.CreateCommand(
                database == Database.Assignments && Judges
                    ? "SELECT path FROM outbox WHERE parked_at IS NULL UNION ALL SELECT 'submissions' FROM work WHERE state < 2"
                    : "SELECT path FROM outbox WHERE parked_at IS NULL");
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                waiting.Add(rows.GetString(0));
        }

        return waiting;
    }

    private async Task<InvariantReport> CheckAsync()
    {
        var connections = new Dictionary<Database, string>();
        foreach (var database in DatabaseNames.All)
            connections[database] = await system.ConnectionStringAsync(database.NameOf());
        return await InvariantCheck.RunAsync(connections, new InvariantCheckOptions { StuckAfter = TimeSpan.FromMinutes(1), FilesDirectory = system.FilesDirectory }, CancellationToken.None);
    }
}
