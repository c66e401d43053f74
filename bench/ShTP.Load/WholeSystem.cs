using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace ShTP.Load;

/// <summary>The system as the AppHost starts it: time to healthy, memory at rest, the calls that clients make most, and the sign-in of a whole school.</summary>
internal static class WholeSystem
{
    private const int Connections = 16;
    private const int Students = 300;
    private const int Pupils = 1000;
    private const int OfAGroup = 200;
    // Until the JIT has compiled the hot paths for good.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Lesson = TimeSpan.FromSeconds(20);

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

        await SignInStormAsync(system);
    }

    // A school's first lesson: its pupils come one after another, whether those before them are in or not.
    private static async Task SignInStormAsync(RunningSchool system)
    {
        // As many of a group as are hashed within a call.
        for (var group = 0; group < Pupils / OfAGroup; group++)
            await system.ImportAsync($"School {group}", $"p{group}s", OfAGroup);
        var calm = await PacedCalls.MeasureAsync(system.Http, system.AdminToken, Task.Delay(RunLength));
        using var visitor = RunningSchool.NewClient();
        var (times, refused, watch) = (new List<double>(), 0, Stopwatch.StartNew());
        var storm = Task.WhenAll(Enumerable.Range(0, Pupils).Select(SignInAsync));
        var meanwhile = await PacedCalls.MeasureAsync(system.Http, system.AdminToken, storm);
        await storm;
        var seconds = watch.Elapsed.TotalSeconds;
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Pupils} pupils sign in within {Lesson.TotalSeconds:F0} s: the last after {seconds:F1} s, p50 {At(times, 50):F0} ms, p99 {At(times, 99):F0} ms ({refused} refused); /auth/me every {PacedCalls.Interval.TotalMilliseconds:F0} ms p50 {At(meanwhile, 50):F1}, p99 {At(meanwhile, 99):F1} ms (calm: {At(calm, 50):F1} and {At(calm, 99):F1} ms)"));

        static double At(List<double> sorted, int percent) => sorted[sorted.Count * percent / 100];

        async Task SignInAsync(int i)
        {
            await Task.Delay(i * Lesson / Pupils);
            var start = Stopwatch.GetTimestamp();
            using var answer = await visitor.PostAsJsonAsync("/api/v1/auth/login", new { email = $"p{i / OfAGroup}s{i % OfAGroup}@school.test", password = RunningSchool.Password });
            lock (times)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                refused += answer.IsSuccessStatusCode ? 0 : 1;
            }
        }
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
