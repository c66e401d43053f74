using System.Diagnostics.Metrics;
using Google.Rpc;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Problems;

namespace ShTP.Gateway.Limits;

/// <summary>Bounds the streams of all clients and of each user, which last as long as their clients like.</summary>
internal sealed partial class OpenStreams
{
    // When one ends cannot be predicted. Those whose client vanished are detected within this time.
    private const int RetrySeconds = 60;

    private readonly ConnectionOptions _options;
    private readonly Counter<long> _refused;
    private readonly RefusalLog _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _ofUsers = [];
    private int _count;

    public OpenStreams(ConnectionOptions options, LimitMetrics metrics, TimeProvider time, ILogger<OpenStreams> logger)
    {
        _options = options;
        _refused = metrics.Count("shtp.gateway.streams.refused", "Streams that were refused because too many are open.");
        _log = new(time, count => LogRefused(logger, count));
        metrics.Observe("shtp.gateway.streams", "Open streams.", () => Volatile.Read(ref _count));
    }

    /// <summary>Counts a stream of the caller until it is disposed.</summary>
    /// <exception cref="ProblemException">Too many are open: 429 when they are the user's own, 503 when they are everybody's.</exception>
    public IDisposable Enter(HttpContext context)
    {
        var user = context.Features.Get<TokenResult>()?.User?.Id ?? Guid.Empty;
        if (Refuse(user) is not { } problem)
            return new Place(this, user);
        _refused.Add(1);
        _log.Note();
        throw new ProblemException(problem);
    }

    private Problem? Refuse(Guid user)
    {
        lock (_gate)
        {
            var own = user == Guid.Empty ? 0 : _ofUsers.GetValueOrDefault(user);
            if (own >= _options.StreamsPerUser)
                return new(StatusCodes.Status429TooManyRequests, Code.ResourceExhausted, $"{_options.StreamsPerUser} streams of yours are open already") { RetryAfter = RetrySeconds };
            if (_count >= _options.Streams)
                return new(StatusCodes.Status503ServiceUnavailable, Code.Unavailable, "Too many streams are open at the moment, try again later") { RetryAfter = RetrySeconds };
            _count++;
            if (user != Guid.Empty)
                _ofUsers[user] = own + 1;
            return null;
        }
    }

    private void Leave(Guid user)
    {
        lock (_gate)
        {
            _count--;
            if (user == Guid.Empty)
                return;
            if (_ofUsers[user] == 1)
                _ofUsers.Remove(user);
            else
                _ofUsers[user]--;
        }
    }

    private sealed class Place(OpenStreams streams, Guid user) : IDisposable
    {
        public void Dispose() => streams.Leave(user);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} streams were refused, because as many as Gateway:Connections allows are open")]
    private static partial void LogRefused(ILogger logger, long count);
}
