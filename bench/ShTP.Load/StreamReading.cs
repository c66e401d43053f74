using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace ShTP.Load;

/// <summary>One student who follows the stream of notifications.</summary>
internal sealed class StreamReading : IDisposable
{
    private readonly HttpClient _http = RunningSchool.NewClient();
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _gate = new();
    private (string Text, TaskCompletionSource<long> Arrived)? _awaited;

    private StreamReading()
    {
    }

    /// <summary>Returns when the stream stands.</summary>
    public static async Task<StreamReading> OpenAsync(string token)
    {
        var reading = new StreamReading();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/notifications/stream?lastEventId=0");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("text/event-stream");
        var response = await reading._http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        _ = reading.ReadAsync(response);
        return reading;
    }

    /// <summary>The timestamp at which the text came.</summary>
    public async Task<long> WaitAsync(string text, TimeSpan limit)
    {
        var arrived = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _awaited = (text, arrived);
        return await arrived.Task.WaitAsync(limit);
    }

    public void Dispose()
    {
        _closed.Cancel();
        _http.Dispose();
        _closed.Dispose();
    }

    private async Task ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            try
            {
                using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(_closed.Token), Encoding.UTF8);
                while (await lines.ReadLineAsync(_closed.Token) is { } line)
                {
                    var now = Stopwatch.GetTimestamp();
                    lock (_gate)
                    {
                        if (_awaited is { } wanted && line.Contains(wanted.Text, StringComparison.Ordinal))
                            wanted.Arrived.TrySetResult(now);
                    }
                }
            }
            catch (Exception ended) when (_closed.IsCancellationRequested && ended is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException)
            {
                // The benchmark is over.
            }
        }
    }
}
