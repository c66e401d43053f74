using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>
/// Calls as a good client makes them in bad times: each with an idempotency key, again until it is answered. Some
/// connections are cut by the client itself. For one caller at a time.
/// </summary>
internal sealed class PatientClient(Random random)
{
    private const int CutEvery = 6;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestCall = TimeSpan.FromMilliseconds(80);

    /// <summary>How many attempts got no answer, or one that says to try again.</summary>
    public int Repetitions { get; private set; }

    /// <summary>Seconds spent on calls that had to be repeated, by what they were and how they were answered.</summary>
    public Dictionary<string, double> Waits { get; } = [];

    /// <summary>The first answer that is final: 200, or one of <paramref name="expected"/>.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="method">The method.</param>
    /// <param name="path">The path.</param>
    /// <param name="content">Makes the body anew for each attempt.</param>
    /// <param name="expected">What may be answered besides.</param>
    public async Task<Answer> CallAsync(ApiClient caller, HttpMethod method, string path, Func<HttpContent?>? content = null, params HttpStatusCode[] expected)
    {
        var key = method == HttpMethod.Get ? null : $"\"{Guid.NewGuid()}\"";
        var last = "no answer";
        var since = TimeSpan.Zero;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Limit; Repetitions++)
        {
            if (random.Next(CutEvery) == 0)
                await CutAsync(caller, method, path, content, key);
            if (await TryAsync(caller, method, path, content?.Invoke(), key) is { } answer)
            {
                if (answer.Status == HttpStatusCode.OK || expected.Contains(answer.Status))
                    return answer;
                last = $"{(int)answer.Status}: {answer.Text}";
                // 409 says that the attempt before is still running.
                Assert.True(
                    answer.Status is HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout,
                    $"{method} {path} is answered {last}");
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? Pause);
            }

            await Task.Delay(Pause);
            var what = $"{method} {path.Split('?')[0]} {last[..Math.Min(last.Length, 160)]}";
            Waits[what] = Waits.GetValueOrDefault(what) + (clock.Elapsed - since).TotalSeconds;
            since = clock.Elapsed;
        }

        throw new TimeoutException($"{method} {path} was not done within {Limit}, its last answer was {last}.");
    }

    /// <summary>One attempt; null when no answer came.</summary>
    public static async Task<Answer?> TryAsync(ApiClient caller, HttpMethod method, string path, HttpContent? content = null, string? key = null)
    {
        using var request = Make(method, path, content, key);
        request.Headers.Authorization = caller.Token is null ? null : new AuthenticationHeaderValue("Bearer", caller.Token);
        try
        {
            using var response = await caller.Http.SendAsync(request).WaitAsync(RunningSystem.StepLimit);
            return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException)
        {
            // The gateway was killed.
            return null;
        }
    }

    /// <summary>A body as JSON.</summary>
    public static Func<HttpContent?> Json(object body) => () => JsonContent.Create(body);

    private async Task CutAsync(ApiClient caller, HttpMethod method, string path, Func<HttpContent?>? content, string? key)
    {
        try
        {
            await CutConnection.SendAsync(caller, Make(method, path, content?.Invoke(), key), random.NextDouble() * LongestCall);
        }
        catch (SocketException)
        {
            // The gateway is down: cut as well.
        }
    }

    private static HttpRequestMessage Make(HttpMethod method, string path, HttpContent? content, string? key)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return request;
    }
}
