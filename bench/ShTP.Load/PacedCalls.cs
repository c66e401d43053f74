using System.Diagnostics;
using System.Net.Http.Headers;

namespace ShTP.Load;

/// <summary>A client that asks for its own profile every 20 ms: what others feel of a load.</summary>
internal static class PacedCalls
{
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The times of the calls that began before <paramref name="until"/> ended, in ms, ascending.</summary>
    public static async Task<List<double>> MeasureAsync(HttpClient http, string token, Task until)
    {
        var times = new List<double>();
        while (!until.IsCompleted)
        {
            var start = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/auth/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
            using var answer = await http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(Interval);
        }

        times.Sort();
        return times;
    }
}
