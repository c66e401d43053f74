using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace ShTP.Load;

/// <summary>A class hands in 300 programs within a minute, half of them in C++, while others go on with what they do.</summary>
internal static class JudgingStorm
{
    private const int Students = 300;
    private const int Tests = 5;
    private static readonly TimeSpan Storm = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    private static readonly (string File, string Source, bool IsRight)[] Programs =
    [
        ("a.py", "a, b = map(int, input().split())\nprint(a + b)\n", true),
        ("a.cpp", "#include <iostream>\nint main() { long long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }\n", true),
        ("b.py", "print(sum(map(int, input().split())) - 1)\n", false),
        ("b.cpp", "#include <bits/stdc++.h>\nusing namespace std;\nint main() { vector<int> v(2); for (auto& x : v) cin >> x; cout << accumulate(v.begin(), v.end(), 0) + 1; }\n", false),
    ];

    public static async Task RunAsync()
    {
        using var system = await RunningSchool.StartAsync();
        await system.ImportAsync("Class", "s", Students);
        Console.WriteLine("signing everybody in");
        var tokens = new string[Students];
        await Parallel.ForAsync(0, Students, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => tokens[i] = await system.LoginAsync($"s{i}@school.test"));
        await CreateChallengeAsync(system);
        var judgedAlone = new List<double>();
        foreach (var (program, i) in Programs.Select((program, i) => (program, i)))
        {
            // The first also waits until the checker is ready.
            await WaitAsync(system, tokens[i], await SubmitAsync(system, tokens[i], program));
            var start = Stopwatch.GetTimestamp();
            await WaitAsync(system, tokens[i], await SubmitAsync(system, tokens[i], program));
            judgedAlone.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        var before = await PacedCalls.MeasureAsync(system.Http, tokens[0], Task.Delay(Calm));
        var accepted = new List<double>();
        var watch = Stopwatch.StartNew();
        var submitting = StormAsync(system, tokens, accepted, watch);
        var (during, verdicts) = (PacedCalls.MeasureAsync(system.Http, tokens[0], submitting), await submitting);
        var meanwhile = await during;
        var wrong = 0;
        foreach (var (token, submit, isRight) in verdicts)
        {
            if ((bool)(await WaitAsync(system, token, submit))["solved"]! != isRight)
                wrong++;
        }

        accepted.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"alone, {Tests} tests, to the verdict, ms: Python {judgedAlone[0]:F0} and {judgedAlone[2]:F0}, C++ {judgedAlone[1]:F0} and {judgedAlone[3]:F0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Students} submissions in {Storm.TotalSeconds:F0} s: accepted p50 {accepted[accepted.Count / 2]:F1} ms, p99 {accepted[accepted.Count * 99 / 100]:F1} ms; last verdict after {watch.Elapsed.TotalSeconds:F1} s; {wrong} wrong verdicts"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"GET /auth/me every {PacedCalls.Interval.TotalMilliseconds:F0} ms: before p50 {before[before.Count / 2]:F1}, p99 {before[before.Count * 99 / 100]:F1} ms; meanwhile p50 {meanwhile[meanwhile.Count / 2]:F1}, p99 {meanwhile[meanwhile.Count * 99 / 100]:F1} ms"));
    }

    private static async Task CreateChallengeAsync(RunningSchool system)
    {
        using var answer = await system.Http.PutAsJsonAsync("/api/v1/assigments/tasks", new
        {
            title = "Сумма",
            text = "<p>Сложи два числа.</p>",
            timeLimit = 1,
            memoryLimit = 64,
            dayChallenge = true,
            tests = Enumerable.Range(1, Tests).Select(i => new { input = $"{i} {i}", output = $"{2 * i}" }),
        });
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<List<(string Token, string Submit, bool IsRight)>> StormAsync(RunningSchool system, string[] tokens, List<double> accepted, Stopwatch watch)
    {
        var sent = new List<Task<(string, string, bool)>>();
        for (var i = 0; i < Students; i++)
        {
            var due = Storm * i / Students;
            if (due > watch.Elapsed)
                await Task.Delay(due - watch.Elapsed);
            sent.Add(OneAsync(tokens[i], Programs[i % Programs.Length]));
        }

        return [.. await Task.WhenAll(sent)];

        async Task<(string, string, bool)> OneAsync(string token, (string File, string Source, bool IsRight) program)
        {
            var start = Stopwatch.GetTimestamp();
            var submit = await SubmitAsync(system, token, program);
            lock (accepted)
                accepted.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            return (token, submit, program.IsRight);
        }
    }

    private static async Task<string> SubmitAsync(RunningSchool system, string token, (string File, string Source, bool IsRight) program)
    {
        using var content = new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(program.Source)), "source", program.File } };
        return (string)(await SendAsync(system, HttpMethod.Post, "/api/v1/assigments/tasks/challenge/submit", token, content))["uuid"]!;
    }

    private static async Task<JsonNode> WaitAsync(RunningSchool system, string token, string submit)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var watch = Stopwatch.StartNew();
        while (await timer.WaitForNextTickAsync())
        {
            var answer = await SendAsync(system, HttpMethod.Get, $"/api/v1/assigments/tasks/submit/{submit}", token);
            if ((int)answer["status"]! == 2)
                return answer;
            if (watch.Elapsed > Limit)
                throw new TimeoutException($"{submit} is not judged.");
        }

        throw new InvalidOperationException("The timer ended.");
    }

    private static async Task<JsonNode> SendAsync(RunningSchool system, HttpMethod method, string path, string token, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await system.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }
}
