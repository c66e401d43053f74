using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace ShTP.Load;

/// <summary>The system as the AppHost starts it, with throw-away data and limits that a benchmark does not reach.</summary>
internal sealed class RunningSchool : IDisposable
{
    public const string Password = "bench password 1";

    private const int Port = 5810;
    private const string AdminEmail = "admin@school.test";
    private const string NoLimit = "1000000";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);

    private static readonly (string Name, string Part)[] Parts =
    [
        ("gateway", "ShTP.Gateway"), ("auth", "ShTP.Auth"), ("users", "ShTP.Users"), ("files", "ShTP.Files"),
        ("achievements", "ShTP.Achievements"), ("events", "ShTP.Events"), ("notifications", "ShTP.Notifications"), ("assignments", "ShTP.Assignments"), ("checker", "ShTP.Checker"), ("postgres", "postgres"), ("orchestrator", "dcp"), ("dashboard", "Aspire.Dashboard"),
    ];

    private readonly Measured _host;
    private readonly HashSet<int> _others;

    // A token of somebody who signs in anew is one more sign of the same browser.
    private readonly HttpClient _visitor = NewClient();

    private RunningSchool(Measured host, HashSet<int> others, HttpClient http)
    {
        (_host, _others) = (host, others);
        Http = http;
    }

    /// <summary>Signed in as the admin.</summary>
    public HttpClient Http { get; }

    public string AdminToken { get; private set; } = "";

    /// <summary>Uuids of everybody who was imported.</summary>
    public List<string> Students { get; } = [];

    /// <param name="repository">Another one than ours, built in Release.</param>
    /// <param name="options">For the AppHost.</param>
    public static async Task<RunningSchool> StartAsync(string? repository = null, params string[] options)
    {
        var limits = new Dictionary<string, string> { ["DOTNET_ENVIRONMENT"] = "Development" };
        // Counted for every call, but with buckets that the benchmark cannot empty; children inherit them.
        foreach (var of in (string[])["Ordinary", "Login", "Upload", "Expensive"])
        {
            limits[$"Gateway__RateLimits__{of}__Address__Burst"] = NoLimit;
            limits[$"Gateway__RateLimits__{of}__User__Burst"] = NoLimit;
        }

        var others = Measured.All().Select(process => process.Id).ToHashSet();
        var host = Measured.Start("ShTP.AppHost", "ShTP.AppHost",
            ["--Data=ephemeral", "--port", $"{Port}", $"--Parameters:admin-email={AdminEmail}", $"--Parameters:admin-password={Password}", .. options], limits, repository: repository);
        var school = new RunningSchool(host, others, NewClient());
        try
        {
            await school.HealthyAsync();
            school.AdminToken = await school.LoginAsync(AdminEmail);
            school.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", school.AdminToken);
            return school;
        }
        catch
        {
            school.Dispose();
            throw;
        }
    }

    // Without cookies: signing in again on the same browser ends the session before.
    public static HttpClient NewClient() => new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}"), Timeout = StartLimit };

    /// <summary>Process ids by part of the system.</summary>
    public IReadOnlyDictionary<string, int[]> Processes()
    {
        // The orchestrator and what it started are no children of the AppHost.
        var below = Measured.All().Where(process => !_others.Contains(process.Id)).ToList();
        return Parts.Select(part => (part.Name, Pids: below.Where(process => process.Command.Contains(part.Part, StringComparison.Ordinal)).Select(process => process.Id).ToArray()))
            .Append(("apphost", [_host.Id])).ToDictionary(part => part.Item1, part => part.Item2);
    }

    /// <summary>A variable of the environment that the AppHost gave a part of the system.</summary>
    public string EnvironmentOf(string part, string variable) =>
        File.ReadAllText($"/proc/{Processes()[part][0]}/environ").Split('\0').Single(line => line.StartsWith(variable + "=", StringComparison.Ordinal))[(variable.Length + 1)..];

    public async Task<string> LoginAsync(string email)
    {
        using var answer = await _visitor.PostAsJsonAsync("/api/v1/auth/login", new { email, password = Password });
        answer.EnsureSuccessStatusCode();
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["accessToken"]!;
    }

    /// <summary>A new group with students <c>PREFIX0@school.test</c> and so on; returns their uuids.</summary>
    public async Task<string[]> ImportAsync(string groupName, string prefix, int count)
    {
        using var group = await Http.PutAsJsonAsync("/api/v1/groups", new { name = groupName, color = "red" });
        group.EnsureSuccessStatusCode();
        var csv = new StringBuilder("firstName,lastName,email,role,password,learningClass,groupName\n");
        for (var i = 0; i < count; i++)
            csv.Append(CultureInfo.InvariantCulture, $"Имя{i},Фамилия{i},{prefix}{i}@school.test,student,{Password},10,{groupName}\n");
        using var content = new MultipartFormDataContent { { new StringContent(csv.ToString()), "csv_file", "students.csv" } };
        using var imported = await Http.PutAsync("/api/v1/users/csv", content);
        var text = await imported.Content.ReadAsStringAsync();
        if (!imported.IsSuccessStatusCode || ((JsonArray)JsonNode.Parse(text)!["errors"]!).Count > 0)
            throw new InvalidOperationException($"the import failed: {text[..Math.Min(500, text.Length)]}");
        string[] uuids = [.. ((JsonArray)JsonNode.Parse(text)!["users"]!).Select(user => (string)user!["uuid"]!)];
        Students.AddRange(uuids);
        return uuids;
    }

    public void Dispose()
    {
        Http.Dispose();
        _visitor.Dispose();
        _host.Dispose();
        // The orchestrator notices that the AppHost is gone, and ends what it started. The next system is to be alone.
        var watch = Stopwatch.StartNew();
        while (Processes().Any(part => part.Key != "apphost" && part.Value.Length > 0))
        {
            if (watch.Elapsed > StopLimit)
                throw new InvalidOperationException($"After {StopLimit.TotalSeconds} s the system has not stopped.");
            Thread.Sleep(100);
        }
    }

    private async Task HealthyAsync()
    {
        using var limit = new CancellationTokenSource(StartLimit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                // The gateway starts when all it waits for is healthy, Auth with its first admin included.
                using var answer = await Http.GetAsync("/health", limit.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            if (_host.HasEnded)
                throw new InvalidOperationException("The system did not start; its errors are above.");
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
