using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ShTP.Invariants;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Staff write to a student, who polls as the Android client does and listens to the stream as the web client does.</summary>
internal sealed class NotificationLoad(ApiClient admin, int seed) : Load(admin, seed)
{
    private const int Text = 4;

    private static readonly TimeSpan LongestCall = TimeSpan.FromMilliseconds(60);

    // What says whether an answer has come, and what has to hear it.
    private static readonly string[] Settling = ["gateway", "notifications", "auth", "postgres"];

    private readonly HashSet<string> _sent = [];
    private readonly HashSet<string> _seen = [];
    private readonly Dictionary<string, long> _shownWhole = [];
    private readonly List<string> _repeated = [];
    private Person _student = null!;
    private EventStream? _live;
    private string _last = "";

    public override async Task PrepareAsync()
    {
        _student = await CreateAsync(await CreateGroupAsync());
        _live = new EventStream(_student.Client);
        await _live.OpenAsync(after: 0);
    }

    protected override async Task StepAsync()
    {
        var text = $"n{Guid.NewGuid():N}";
        await Client.CallAsync(Admin, HttpMethod.Put, "/api/v1/notifications", PatientClient.Json(new { toUser = _student.Id, type = Text, data = new { text } }));
        _sent.Add(text);
        Promises.Enqueue(new Promise(Database.Notifications, "SELECT data->>'text' FROM notifications WHERE type = 4", text));
        if (Random.Next(2) == 0)
            await PollAsync();
        else
            await PollAndCutAsync();
    }

    public override async Task VerifyAsync()
    {
        var live = _live!;
        await ShowAllAsync();
        Assert.Empty(_repeated);
        // Everybody is told of events, too.
        List<string> Streamed() => [.. live.Received.Where(one => one.Type == Text).Select(one => (string)one.Data["text"]!).Order(StringComparer.Ordinal)];
        await Eventually.HoldsAsync(() => Task.FromResult(Streamed().Count >= _sent.Count), "every notification was streamed", Settle);
        Assert.Equal(_sent.Order(StringComparer.Ordinal), Streamed());
        Assert.Equal(live.Received.Select(one => one.Id).Order(), live.Received.Select(one => one.Id));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_live is not null)
            await _live.DisposeAsync();
    }

    private async Task ShowAllAsync()
    {
        try
        {
            await Eventually.HoldsAsync(async () =>
            {
                await PollAsync();
                return _seen.IsSupersetOf(_sent);
            }, "every notification was shown by a poll", Settle);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"No poll of {_student.Id} showed {string.Join(", ", _sent.Except(_seen))}; the last one was answered {_last}.", late);
        }
    }

    private async Task PollAsync()
    {
        var answer = await PatientClient.TryAsync(_student.Client, HttpMethod.Get, "/api/v1/notifications");
        _last = $"{answer?.Status}: {answer?.Text}";
        if (answer?.Status == HttpStatusCode.OK && answer.Json is JsonArray rows)
            Show(rows.Where(row => (int)row!["type"]! == Text).Select(row => (string)row!["data"]!["text"]!), isWhole: true);
    }

    // What came in a whole answer never comes again, unless Notifications could not hear of that.
    private void Show(IEnumerable<string> texts, bool isWhole)
    {
        foreach (var text in texts)
        {
            if (_shownWhole.TryGetValue(text, out var before) && Faults?.HaveHit(before, Settling) != true)
                _repeated.Add($"{text} after {Stopwatch.GetElapsedTime(before).TotalSeconds:0.0} s");
            if (isWhole)
                _shownWhole[text] = Stopwatch.GetTimestamp();
            _seen.Add(text);
        }
    }

    // What came whole is as good as seen, wherever the cut fell.
    private async Task PollAndCutAsync()
    {
        try
        {
            var text = await CutConnection.SendAsync(
                _student.Client, new HttpRequestMessage(HttpMethod.Get, "/api/v1/notifications"), Random.NextDouble() * LongestCall, mayRead: true);
            Show(_sent.Where(one => text.Contains(one, StringComparison.Ordinal)), isWhole: false);
        }
        catch (SocketException)
        {
            // The gateway is down.
        }
    }
}
