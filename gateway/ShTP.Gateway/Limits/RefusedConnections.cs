using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace ShTP.Gateway.Limits;

/// <summary>Answers a client whose connection has no room. Nothing of its request is read, so the text is not translated.</summary>
internal sealed partial class RefusedConnections
{
    private const string Problem = """{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Too many connections are open, try again later","code":"UNAVAILABLE"}""";

    // Idle connections give way after one second.
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nCache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\n" +
        $"Content-Type: application/problem+json\r\nContent-Length: {Problem.Length}\r\n\r\n{Problem}");

    // For clients that read the answer. The others are cut, and so are all when many are refused.
    private static readonly TimeSpan ReadingLimit = TimeSpan.FromSeconds(1);
    private const int MaxAnswers = 100;

    private readonly TimeProvider _time;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _displaced;
    private readonly RefusalLog _log;
    private int _answers;

    public RefusedConnections(LimitMetrics metrics, TimeProvider time, ILogger<RefusedConnections> logger)
    {
        _time = time;
        _refused = metrics.Count("shtp.gateway.connections.refused", "Connections that were refused because all of the allowed ones are in use.");
        _displaced = metrics.Count("shtp.gateway.connections.displaced", "Idle connections that were closed in favour of new ones.");
        _log = new(time, count => LogRefused(logger, count));
    }

    public void CountDisplaced() => _displaced.Add(1);

    public async Task AnswerAsync(ConnectionContext context)
    {
        _refused.Add(1);
        _log.Note();
        if (Interlocked.Increment(ref _answers) <= MaxAnswers)
            await TryAnswerAsync(context);
        Interlocked.Decrement(ref _answers);
        context.Abort(new ConnectionAbortedException("There was no room for the connection."));
    }

    private async Task TryAnswerAsync(ConnectionContext context)
    {
        using var limit = new CancellationTokenSource(ReadingLimit, _time);
        try
        {
            await context.Transport.Output.WriteAsync(Answer, limit.Token);
            // A connection that is closed with something unread is reset, and then the client may lose the answer.
            while (await context.Transport.Input.ReadAsync(limit.Token) is { IsCompleted: false } read)
                context.Transport.Input.AdvanceTo(read.Buffer.End);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // The client has gone, or keeps its end open: it had its time.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} connections were refused, because as many as Gateway:Connections allows are in use")]
    private static partial void LogRefused(ILogger logger, long count);
}
