using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>One notification as it came by the stream.</summary>
public sealed record StreamedNotification(long Id, int Type, JsonObject Data);

/// <summary>
/// Reads notifications as a browser's EventSource does: connects again whenever it is cut, and says in Last-Event-ID
/// how far it came.
/// </summary>
internal sealed class EventStream(ApiClient client) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _closed = new();
    private readonly List<StreamedNotification> _received = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;

    public IReadOnlyList<StreamedNotification> Received
    {
        get
        {
            lock (_received)
                return [.. _received];
        }
    }

    /// <summary>How often it had to connect.</summary>
    public int Connections { get; private set; }

    /// <summary>Returns when the stream stands: what happens afterwards is in it.</summary>
    public async Task OpenAsync(long? after = null)
    {
        _reading = ReadAsync(after);
        await _opened.Task.WaitAsync(RunningSystem.StepLimit);
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _reading.WaitAsync(RunningSystem.StepLimit);
        _closed.Dispose();
    }

    private async Task ReadAsync(long? last)
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/notifications/stream");
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Token);
                request.Headers.Accept.ParseAdd("text/event-stream");
                if (last is { } id)
                    request.Headers.Add("Last-Event-ID", id.ToString(CultureInfo.InvariantCulture));
                using var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _closed.Token);
                if (response.IsSuccessStatusCode)
                {
                    // Nothing is missed from the headers on. Who has a place needs no line: the first may be a heartbeat.
                    if (last is not null)
                        _opened.TrySetResult();
                    Connections++;
                    using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(_closed.Token));
                    await foreach (var notification in EventsOf(lines))
                    {
                        last = notification.Id;
                        lock (_received)
                            _received.Add(notification);
                    }
                }
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException)
            {
                // The gateway was killed, or the service behind it.
            }
            catch (OperationCanceledException) when (_closed.IsCancellationRequested)
            {
                return;
            }

            await Task.WhenAny(Task.Delay(Pause, _closed.Token));
        }
    }

    private async IAsyncEnumerable<StreamedNotification> EventsOf(StreamReader lines)
    {
        long id = 0;
        var isError = false;
        while (await lines.ReadLineAsync(_closed.Token) is { } line)
        {
            _opened.TrySetResult();
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = long.Parse(line[4..], CultureInfo.InvariantCulture);
            }
            else if (line.StartsWith("event: error", StringComparison.Ordinal))
            {
                isError = true;
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && !isError)
            {
                var data = JsonNode.Parse(line[6..])!;
                Assert.Equal(id, long.Parse((string)data["sequence"]!, CultureInfo.InvariantCulture));
                yield return new StreamedNotification(id, (int)data["notification"]!["type"]!, (JsonObject)data["notification"]!["data"]!);
            }
        }
    }
}
