using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace ShTP.Load;

/// <summary>The system as the AppHost starts it: time to healthy, memory at rest, the calls that clients make most, and a login storm.</summary>
internal static class WholeSystem
{
    private const int Connections = 16;
    private const int Students = 300;
    // Until the JIT has compiled the hot paths for good.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(8);

    public static async Task RunAsync()
    {
        var watch = Stopwatch.StartNew();
        using var system = await RunningSchool.StartAsync();
        var (http, token) = (system.Http, system.AdminToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from the AppHost's start to everything healthy: {watch.Elapsed.TotalSeconds:F1} s"));
        await Task.Delay(TimeSpan.FromSeconds(10)); // at rest, for the memory figures
        Console.WriteLine("| process | memory at rest, MB |");
        Console.WriteLine("| --- | --- |");
        foreach (var (name, pids) in system.Processes())
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {pids.Sum(Measured.MegaBytes):F0} |"));

        await FillAsync(system);
        Console.WriteLine("| call | 1/s | p50, ms | p99, ms | CPU per call, us: gateway | users | postgres |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var path in (string[])["/api/v1/auth/me", "/api/v1/users/leaderboard", "/api/v1/users"])
        {
            await Wrk.RunAsync(http.BaseAddress + path[1..], Connections, WarmUp, token);
            var pids = system.Processes();
            var before = pids.ToDictionary(part => part.Key, part => part.Value.Sum(Measured.CpuSeconds));
            var result = await Wrk.RunAsync(http.BaseAddress + path[1..], Connections, RunLength, token);
            double Cpu(string part) => (pids[part].Sum(Measured.CpuSeconds) - before[part]) * 1e6 / (result.PerSecond * RunLength.TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| GET {path} | {result.PerSecond:F0} | {result.P50:F1} | {result.P99:F1} | {Cpu("gateway"):F0} | {Cpu("users"):F0} | {Cpu("postgres"):F0} |{(result.Errors > 0 ? $" {result.Errors} failed" : "")}"));
        }

        await LoginStormAsync(http, token);
    }

    private static async Task LoginStormAsync(HttpClient http, string token)
    {
        var calm = await Wrk.RunAsync(http.BaseAddress + "api/v1/auth/me", 2, RunLength, token);
        using var stop = new CancellationTokenSource();
        using var visitor = RunningSchool.NewClient();
        long logins = 0, refused = 0;
        var storm = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await visitor.PostAsJsonAsync("/api/v1/auth/login", new { email = $"s{i}@school.test", password = RunningSchool.Password });
                Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref logins : ref refused);
            }
        })).ToArray();
        var watch = Stopwatch.StartNew();
        var stormy = await Wrk.RunAsync(http.BaseAddress + "api/v1/auth/me", 2, RunLength, token);
        await stop.CancelAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        await Task.WhenAll(storm);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"login storm, 8 clients: {logins / seconds:F1} hashes/s ({refused} refused); /auth/me with 2 connections p50 {stormy.P50:F1} ms, p99 {stormy.P99:F1} ms (calm: {calm.P50:F1} and {calm.P99:F1} ms)"));
    }

    private static async Task FillAsync(RunningSchool system)
    {
        var students = await system.ImportAsync("Bench", "s", Students);
        foreach (var (student, i) in students.Take(50).Select((student, i) => (student, i)))
        {
            using var rated = await system.Http.PatchAsJsonAsync("/api/v1/users", new { uuid = student, admin = new { rating = i + 1 } });
            rated.EnsureSuccessStatusCode();
        }
    }
}
