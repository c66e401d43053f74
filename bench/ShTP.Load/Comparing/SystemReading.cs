using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Npgsql;

namespace ShTP.Load.Comparing;

/// <summary>Starts one system alone, gives it a school and reads what each call costs all its processes together.</summary>
internal static class SystemReading
{
    private const int Students = 300;
    private const int Connections = 16;
    private const int Streams = 100;
    private const int StreamsOfOne = 20;
    private const int Logins = 100;
    private const int Counted = 400;
    private const int BroadcastRounds = 20;

    // A method is compiled for the last time when it was called often, and two seconds later (docs/decisions/0044).
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Postgres tells its statistics once a second, and so does the runtime.
    private static readonly TimeSpan StatisticsDelay = TimeSpan.FromSeconds(2.5);

    // What the school starts; Aspire's own processes are shown beside.
    private static readonly string[] Aspire = ["apphost", "orchestrator", "dashboard"];

    /// <param name="repository">The system's folder; null for ours.</param>
    public static async Task<Reading> ReadAsync(string? repository)
    {
        var reading = new Reading();
        var watch = Stopwatch.StartNew();
        // Telemetry for a dashboard costs every process something all the time, and commits of before Aspire have none.
        using var school = await RunningSchool.StartAsync(repository, "--dashboard=false");
        reading.Add("start", "s", watch.Elapsed.TotalSeconds);
        reading.Add("start: services, gateway and PostgreSQL", "s of processor time", Cpu(school, isAspire: false).Values.Sum());
        reading.Add("start: Aspire", "s of processor time", Cpu(school, isAspire: true).Values.Sum());
        await Task.Delay(Rest);
        reading.Add("memory at rest (PSS)", "MB", school.Processes().Where(part => !Aspire.Contains(part.Key)).Sum(part => part.Value.Sum(Measured.MegaBytes)));

        var students = await school.ImportAsync("Bench", "s", Students);
        foreach (var (student, i) in students.Take(50).Select((student, i) => (student, i)))
            (await school.Http.PatchAsJsonAsync("/api/v1/users", new { uuid = student, admin = new { rating = i + 1 } })).EnsureSuccessStatusCode().Dispose();
        var token = await school.LoginAsync("s0@school.test");
        foreach (var path in (string[])["auth/me", "notifications", "users/leaderboard"])
            await ReadCallAsync(school, reading, path, token);
        // For staff alone.
        await ReadCallAsync(school, reading, "users", school.AdminToken);
        await ReadLoginsAsync(school, reading);
        await ReadBroadcastAsync(school, reading);
        return reading;
    }

    private static async Task ReadCallAsync(RunningSchool school, Reading reading, string path, string token)
    {
        var name = $"GET /{path}";
        var url = $"{school.Http.BaseAddress}api/v1/{path}";
        await Wrk.RunAsync(url, Connections, WarmUp, token);
        var before = Cpu(school, isAspire: false);
        var run = await Wrk.RunAsync(url, Connections, RunLength, token);
        if (run.Errors > 0)
            throw new InvalidOperationException($"{name}: {run.Errors} calls failed");
        var calls = run.PerSecond * RunLength.TotalSeconds;
        var after = Cpu(school, isAspire: false);
        reading.Add(name, "us of processor time", (after.Values.Sum() - before.Values.Sum()) * 1e6 / calls);
        foreach (var part in after.Keys.Where(part => (after[part] - before[part]) * 1e6 / calls > 20))
            reading.Add($"{name}: {part}", "us", (after[part] - before[part]) * 1e6 / calls);
        reading.Add($"{name}, p50", "ms", run.P50);

        // Apart, since counting costs something too.
        using var counter = new AllocationCounter(school.Processes().Where(part => part.Key != "postgres" && !Aspire.Contains(part.Key)).SelectMany(part => part.Value));
        await Task.Delay(StatisticsDelay);
        var (bytes, transactions) = (counter.Bytes, await CountTransactionsAsync(school));
        using var http = RunningSchool.NewClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        for (var i = 0; i < Counted; i++)
            (await http.GetAsync(new Uri(url))).EnsureSuccessStatusCode().Dispose();
        await Task.Delay(StatisticsDelay);
        reading.Add($"{name}: allocated", "KB", (counter.Bytes - bytes) / 1024.0 / Counted);
        reading.Add($"{name}: transactions of the databases", "", (await CountTransactionsAsync(school) - transactions) / (double)Counted);
    }

    private static async Task ReadLoginsAsync(RunningSchool school, Reading reading)
    {
        for (var (i, watch) = (0, Stopwatch.StartNew()); watch.Elapsed < WarmUp; i++)
            await school.LoginAsync($"s{i % Logins}@school.test");
        var before = Cpu(school, isAspire: false).Values.Sum();
        for (var i = 0; i < Logins; i++)
            await school.LoginAsync($"s{Logins + i}@school.test");
        reading.Add("POST /auth/login", "ms of processor time", (Cpu(school, isAspire: false).Values.Sum() - before) * 1e3 / Logins);
    }

    private static async Task ReadBroadcastAsync(RunningSchool school, Reading reading)
    {
        // A user has few streams; each of these students has some.
        var tokens = new List<string>();
        for (var i = 0; i < Streams / StreamsOfOne; i++)
            tokens.Add(await school.LoginAsync($"s{i}@school.test"));
        // At once: the headers of a stream come with its first byte, which may be a heartbeat.
        var streams = (await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => StreamReading.OpenAsync(tokens[i / StreamsOfOne])))).ToList();
        var (times, watch) = (new List<double>(), Stopwatch.StartNew());
        for (var round = 0; times.Count < BroadcastRounds; round++)
        {
            var isWarm = watch.Elapsed >= WarmUp;
            var text = $"Объявление {round}";
            var start = Stopwatch.GetTimestamp();
            var all = streams.Select(stream => stream.WaitAsync(text, Limit)).ToArray();
            (await school.Http.PutAsJsonAsync("/api/v1/notifications", new { toEveryone = true, type = 4, data = new { text } })).EnsureSuccessStatusCode().Dispose();
            var last = (await Task.WhenAll(all)).Max();
            if (isWarm)
                times.Add(Stopwatch.GetElapsedTime(start, last).TotalMilliseconds);
        }

        streams.ForEach(stream => stream.Dispose());
        reading.Add($"broadcast to {Students + 1}, {Streams} streams: all have it", "ms", times.Order().ElementAt(times.Count / 2));
    }

    private static Dictionary<string, double> Cpu(RunningSchool school, bool isAspire) => school.Processes().Where(part => Aspire.Contains(part.Key) == isAspire)
        .ToDictionary(part => part.Key, part => part.Value.Sum(part.Key == "postgres" ? Measured.CpuSecondsWithChildren : Measured.CpuSeconds));

    private static async Task<long> CountTransactionsAsync(RunningSchool school)
    {
        var settings = new NpgsqlConnectionStringBuilder(school.EnvironmentOf("users", "ConnectionStrings__usersdb")) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand("SELECT sum(xact_commit + xact_rollback)::bigint FROM pg_stat_database WHERE datname LIKE '%db'", connection);
        return Convert.ToInt64(await count.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
