using System.Collections.Immutable;
using System.Threading.Channels;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Sessions;

/// <summary>
/// Publishes what <see cref="DatabaseSignals"/> receives to every open stream. A heartbeat is sent only after the
/// database responded on the listening connection, which proves that no notification was missed. When that connection
/// is lost all streams end, and their clients reconnect for a new snapshot.
/// </summary>
internal sealed class RevocationFeed
{
    // A subscriber that lags this far behind is disconnected and starts over.
    private const int MaxLag = 10_000;

    private ImmutableHashSet<Channel<V1.WatchRevocationsResponse>>? _streams;

    /// <summary>Subscribes. Must be called before the snapshot is read, otherwise commits in between are lost.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE while the listening connection is down.</exception>
    public Subscription Subscribe()
    {
        var stream = Channel.CreateBounded<V1.WatchRevocationsResponse>(new BoundedChannelOptions(MaxLag) { SingleReader = true });
        return ImmutableInterlocked.Update(ref _streams, (open, added) => open?.Add(added), stream) ? new(this, stream) : throw Lost();
    }

    /// <summary>The listening connection is open.</summary>
    public void Open() => _streams = [];

    /// <summary>Sends a message to every stream.</summary>
    public void Publish(V1.WatchRevocationsResponse message)
    {
        foreach (var stream in _streams ?? [])
        {
            if (!stream.Writer.TryWrite(message))
                stream.Writer.TryComplete(Lost());
        }
    }

    /// <summary>The listening connection is lost, or the process stops.</summary>
    public void Close()
    {
        foreach (var stream in Interlocked.Exchange(ref _streams, null) ?? [])
            stream.Writer.TryComplete(Lost());
    }

    private static Grpc.Core.RpcException Lost() => RpcErrors.Unavailable("Revocations cannot be followed at the moment, start over");

    internal readonly struct Subscription(RevocationFeed feed, Channel<V1.WatchRevocationsResponse> stream) : IDisposable
    {
        public IAsyncEnumerable<V1.WatchRevocationsResponse> ReadAllAsync(CancellationToken cancellationToken) =>
            stream.Reader.ReadAllAsync(cancellationToken);

        public void Dispose() => ImmutableInterlocked.Update(ref feed._streams, (open, left) => open?.Remove(left), stream);
    }
}
