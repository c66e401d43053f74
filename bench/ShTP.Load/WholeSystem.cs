using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace ShTP.Load;

/// <summary>The system as the AppHost starts it: time to healthy, memory at rest, the calls that clients make most, and a login storm.</summary>
internal static class WholeSystem
{
    private const int Port = 5810;
    private const int Connections = 16;
    private const int Students = 300;
    private const string AdminEmail = "admin@school.test";
    private const string Password = "bench password 1";
    // Until the JIT has compiled the hot paths for good.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private static readonly (string Name, string Part)[] Parts =
    [
        ("gateway", "ShTP.Gateway"), ("auth", "ShTP.Auth"), ("users", "ShTP.Users"), ("files", "ShTP.Files"), ("postgres", "postgres"),
    ];

    public static async Task RunAsync()
    {
        var watch = Stopwatch.StartNew();
        using var host = Measured.Start("ShTP.AppHost", "ShTP.AppHost",
            ["--Data=ephemeral", "--port", $"{Port}", $"--Parameters:admin-email={AdminEmail}", $"--Parameters:admin-password={Password}"],
            new Dictionary<string, string>
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                // Counted for every call, but with buckets that the benchmark cannot empty; children inherit them.
                ["Gateway__RateLimits__Ordinary__Address__Burst"] = "100000000",
                ["Gateway__RateLimits__Ordinary__User__Burst"] = "100000000",
                ["Gateway__RateLimits__Login__Address__Burst"] = "100000000",
                ["Gateway__RateLimits__Login__User__Burst"] = "100000000",
                ["Gateway__RateLimits__Expensive__Address__Burst"] = "1000",
            });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = StartLimit };
        await HealthyAsync(http);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from the AppHost's start to everything healthy: {watch.Elapsed.TotalSeconds:F1} s"));

        var token = await LoginAsync(http, AdminEmail);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        await Task.Delay(TimeSpan.FromSeconds(10)); // at rest, for the memory figures
        var processes = Measured.Below(host.Id).Append((host.Id, "apphost")).ToArray();
        Console.WriteLine("| process | memory at rest, MB |");
        Console.WriteLine("| --- | --- |");
        foreach (var (name, pids) in Pids(processes).Append(("apphost", [host.Id])))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {pids.Sum(Measured.MegaBytes):F0} |"));

        await FillAsync(http);
        Console.WriteLine("| call | 1/s | p50, ms | p99, ms | CPU per call, us: gateway | users | postgres |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var path in (string[])["/api/v1/auth/me", "/api/v1/users/leaderboard", "/api/v1/users"])
        {
            await Wrk.RunAsync(http.BaseAddress + path[1..], Connections, WarmUp, token);
            var pids = Pids(Measured.Below(host.Id)).ToDictionary(part => part.Name, part => part.Pids);
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
        long logins = 0, refused = 0;
        var storm = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await http.PostAsJsonAsync("/api/v1/auth/login", new { email = $"s{i}@school.test", password = Password });
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

    private static IEnumerable<(string Name, int[] Pids)> Pids(IReadOnlyList<(int Id, string Command)> processes) =>
        Parts.Select(part => (part.Name, processes.Where(process => process.Command.Contains(part.Part, StringComparison.Ordinal)).Select(process => process.Id).ToArray()));

    private static async Task HealthyAsync(HttpClient http)
    {
        using var limit = new CancellationTokenSource(StartLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                // The gateway starts when all it waits for is healthy, Auth with its first admin included.
                using var answer = await http.GetAsync("/health", limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static async Task<string> LoginAsync(HttpClient http, string email)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/auth/login", new { email, password = Password });
        answer.EnsureSuccessStatusCode();
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["accessToken"]!;
    }

    private static async Task FillAsync(HttpClient http)
    {
        using var group = await http.PutAsJsonAsync("/api/v1/groups", new { name = "Bench", color = "red" });
        group.EnsureSuccessStatusCode();
        var csv = new StringBuilder("firstName,lastName,email,role,password,learningClass,groupName\n");
        for (var i = 0; i < Students; i++)
            csv.Append(CultureInfo.InvariantCulture, $"Имя{i},Фамилия{i},s{i}@school.test,student,{Password},10,Bench\n");
        using var content = new MultipartFormDataContent { { new StringContent(csv.ToString()), "csv_file", "students.csv" } };
        using var imported = await http.PutAsync("/api/v1/users/csv", content);
        var text = await imported.Content.ReadAsStringAsync();
        if (!imported.IsSuccessStatusCode || ((JsonArray)JsonNode.Parse(text)!["errors"]!).Count > 0)
            throw new InvalidOperationException($"the import failed: {text[..Math.Min(500, text.Length)]}");
        for (var i = 0; i < 50; i++)
        {
            var user = ((JsonArray)JsonNode.Parse(text)!["users"]!)[i]!["uuid"];
            using var rated = await http.PatchAsJsonAsync("/api/v1/users", new { uuid = user, admin = new { rating = i + 1 } });
            rated.EnsureSuccessStatusCode();
        }
    }
}
