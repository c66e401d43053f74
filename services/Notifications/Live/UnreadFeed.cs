using System.Collections.Immutable;
using System.Threading.Channels;
using ShTP.Notifications.V1;
using ShTP.Rpc.Errors;

namespace ShTP.Notifications.Live;

/// <summary>
/// Tells Users who may have something unread now. A heartbeat is sent only after the database responded on the listening
/// connection. When that is lost all streams end, and Users asks again for everybody.
/// </summary>
internal sealed class UnreadFeed
{
    // A stream that lags this far behind starts over.
    private const int MaxLag = 1000;

    private ImmutableHashSet<Channel<WatchUnreadResponse>>? _streams;

    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE while the listening connection is down.</exception>
    public Subscription Subscribe()
    {
        var stream = Channel.CreateBounded<WatchUnreadResponse>(new BoundedChannelOptions(MaxLag) { SingleReader = true });
        stream.Writer.TryWrite(new WatchUnreadResponse());
        return ImmutableInterlocked.Update(ref _streams, (open, added) => open?.Add(added), stream) ? new(this, stream) : throw Lost();
    }

    public void Open() => _streams = [];

    public void Publish(WatchUnreadResponse message)
    {
        foreach (var stream in _streams ?? [])
        {
            if (!stream.Writer.TryWrite(message))
                stream.Writer.TryComplete(Lost());
        }
    }

    public void Close()
    {
        foreach (var stream in Interlocked.Exchange(ref _streams, null) ?? [])
            stream.Writer.TryComplete(Lost());
    }

    private static Grpc.Core.RpcException Lost() => RpcErrors.Unavailable("Unread notifications cannot be followed at the moment, start over");

    internal readonly struct Subscription(UnreadFeed feed, Channel<WatchUnreadResponse> stream) : IDisposable
    {
        public IAsyncEnumerable<WatchUnreadResponse> ReadAllAsync(CancellationToken cancellationToken) => stream.Reader.ReadAllAsync(cancellationToken);

        public void Dispose() => ImmutableInterlocked.Update(ref feed._streams, (open, left) => open?.Remove(left), stream);
    }
}
