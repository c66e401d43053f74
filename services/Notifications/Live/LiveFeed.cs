using System.Threading.Channels;
using ShTP.Notifications.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Notifications.Live;

/// <summary>
/// Distributes what <see cref="LiveReader"/> reads to the users' open streams. All streams end when the listening
/// connection is lost; clients reconnect with the number of their last notification.
/// </summary>
internal sealed class LiveFeed
{
    // A stream that lags this far behind starts over from the database.
    private const int MaxLag = 1000;

    // More than the browser tabs and phones of one user, including streams whose end was not noticed yet.
    private const int MaxStreams = 50;

    // When the user closes one cannot be predicted. Those whose client vanished are detected within this time, since each
    // gets something to send four times a minute.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Dictionary<Guid, List<Channel<StreamNotificationsResponse>>>? _streams;

    /// <summary>Subscribes. Must be called before the backlog is read, otherwise commits in between are lost.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE while the listening connection is down; RESOURCE_EXHAUSTED when the user has too many.</exception>
    public Subscription Subscribe(Guid user)
    {
        var stream = Channel.CreateBounded<StreamNotificationsResponse>(new BoundedChannelOptions(MaxLag) { SingleReader = true, SingleWriter = true });
        lock (_gate)
        {
            if (_streams is null)
                throw Lost();
            if (!_streams.TryGetValue(user, out var own))
                _streams.Add(user, own = []);
            if (own.Count == MaxStreams)
                throw RpcErrors.TooMany($"{MaxStreams} streams of yours are open already", RetryAfter);
            own.Add(stream);
        }

        return new Subscription(this, user, stream);
    }

    /// <summary>From here on every new notification is published.</summary>
    internal void Open()
    {
        lock (_gate)
            _streams = [];
    }

    /// <summary>Sends a notification to the streams of its user. The message is created only when there are any.</summary>
    internal void Publish(Guid user, Func<StreamNotificationsResponse> make)
    {
        lock (_gate)
        {
            if (_streams?.TryGetValue(user, out var own) != true)
                return;
            var message = make();
            foreach (var stream in own!)
            {
                if (!stream.Writer.TryWrite(message))
                    stream.Writer.TryComplete(Lost());
            }
        }
    }

    /// <summary>The listening connection is lost, or the process stops.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            foreach (var stream in (_streams ?? []).Values.SelectMany(own => own))
                stream.Writer.TryComplete(Lost());
            _streams = null;
        }
    }

    private void Leave(Guid user, Channel<StreamNotificationsResponse> stream)
    {
        lock (_gate)
        {
            if (_streams?.TryGetValue(user, out var own) == true && own.Remove(stream) && own.Count == 0)
                _streams.Remove(user);
        }
    }

    private static Grpc.Core.RpcException Lost() => RpcErrors.Unavailable("Notifications cannot be followed at the moment, go on from the last one");

    /// <summary>The queue of one stream.</summary>
    internal sealed class Subscription : IDisposable
    {
        private readonly LiveFeed _feed;
        private readonly Guid _user;
        private readonly Channel<StreamNotificationsResponse> _stream;

        internal Subscription(LiveFeed feed, Guid user, Channel<StreamNotificationsResponse> stream) =>
            (_feed, _user, _stream) = (feed, user, stream);

        public IAsyncEnumerable<StreamNotificationsResponse> ReadAllAsync(CancellationToken cancellationToken) => _stream.Reader.ReadAllAsync(cancellationToken);

        public void Dispose() => _feed.Leave(_user, _stream);
    }
}
