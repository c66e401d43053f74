using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace ShTP.Load;

/// <summary>A school of 1,000 students: all poll their notifications, some follow the stream, teachers tell everybody and moderate.</summary>
internal static class SchoolDay
{
    private const int Students = 1000;
    private const int Streams = 200;
    private const int Broadcasts = 20;
    private const int PollSeconds = 5;
    private const int Cores = 2;
    private static readonly TimeSpan PollLength = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        using var system = await RunningSchool.StartAsync();
        await system.ImportAsync("Class", "c", Students);
        Console.WriteLine("signing everybody in");
        var tokens = new string[Students];
        await Parallel.ForAsync(0, Students, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => tokens[i] = await system.LoginAsync($"c{i}@school.test"));

        // Nothing is compiled yet: an open loop would only pile up requests.
        await Parallel.ForAsync(0, Students, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => await PollOnceAsync(system.Http, tokens[i]));
        await PollAsync(system, tokens, report: false);
        await PollAsync(system, tokens, report: true);
        await BroadcastAsync(system, tokens);
        await ModerationQueue.RunAsync(system);
    }

    /// <summary>Everybody asks once in five seconds, evenly spread.</summary>
    private static async Task PollAsync(RunningSchool system, string[] tokens, bool report)
    {
        using var http = RunningSchool.NewClient();
        var watched = system.Processes();
        var before = watched.ToDictionary(part => part.Key, part => part.Value.ToDictionary(pid => pid, Measured.CpuSeconds));
        var latencies = new List<double>();
        var watch = Stopwatch.StartNew();
        var polls = new List<Task>();
        for (var i = 0; watch.Elapsed < PollLength; i++)
        {
            var due = TimeSpan.FromSeconds((double)i * PollSeconds / Students);
            if (due > watch.Elapsed)
                await Task.Delay(due - watch.Elapsed);
            polls.Add(OneAsync(tokens[i % Students]));
        }

        await Task.WhenAll(polls);
        var seconds = watch.Elapsed.TotalSeconds;
        if (!report)
            return;
        var cpu = watched.ToDictionary(part => part.Key, part => before[part.Key].Sum(process => Math.Max(0, Measured.CpuSeconds(process.Key) - process.Value)));
        latencies.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Students} students poll every {PollSeconds} s: {polls.Count / seconds:F0} polls/s, p50 {latencies[latencies.Count / 2]:F1} ms, p99 {latencies[latencies.Count * 99 / 100]:F1} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"CPU per poll, us: gateway {cpu["gateway"] * 1e6 / polls.Count:F0}, notifications {cpu["notifications"] * 1e6 / polls.Count:F0}, postgres {cpu["postgres"] * 1e6 / polls.Count:F0}; the whole system takes {cpu.Values.Sum() * 100 / seconds / Cores:F1}% of {Cores} cores"));

        async Task OneAsync(string token)
        {
            var start = Stopwatch.GetTimestamp();
            await PollOnceAsync(http, token);
            lock (latencies)
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static async Task PollOnceAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/notifications");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task BroadcastAsync(RunningSchool system, string[] tokens)
    {
        var parts = system.Processes();
        double Memory() => parts["gateway"].Concat(parts["notifications"]).Sum(Measured.MegaBytes);
        var idle = Memory();
        // At once: a stream that has nothing to tell stands after a second.
        var streams = await Task.WhenAll(tokens.Take(Streams).Select(StreamReading.OpenAsync));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Streams} idle streams: {(Memory() - idle) * 1024 / Streams:F0} KB each in gateway and notifications together"));

        var arrivals = new List<double>();
        var calls = new List<double>();
        for (var round = 0; round < Broadcasts; round++)
        {
            var text = $"Объявление {round}";
            var start = Stopwatch.GetTimestamp();
            var all = streams.Select(stream => stream.WaitAsync(text, Limit)).ToArray();
            using var answer = await system.Http.PutAsJsonAsync("/api/v1/notifications", new { toEveryone = true, type = 4, data = new { text } });
            answer.EnsureSuccessStatusCode();
            var called = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var times = await Task.WhenAll(all);
            if (round < 3)
                continue; // to warm up
            calls.Add(called);
            arrivals.AddRange(times.Select(time => Stopwatch.GetElapsedTime(start, time).TotalMilliseconds));
        }

        arrivals.Sort();
        calls.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"broadcast to {Students + 1} people, {Streams} of them listening: the call p50 {calls[calls.Count / 2]:F1} ms; arrival p50 {arrivals[arrivals.Count / 2]:F1} ms, p99 {arrivals[arrivals.Count * 99 / 100]:F1} ms, last {arrivals[^1]:F1} ms"));
        foreach (var stream in streams)
            stream.Dispose();
    }
}
