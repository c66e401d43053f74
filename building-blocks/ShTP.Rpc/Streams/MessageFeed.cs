using System.Collections.Immutable;
using System.Threading.Channels;
using ShTP.Localization;
using ShTP.Rpc.Errors;

namespace ShTP.Rpc.Streams;

/// <summary>
/// Sends messages to all open streams, while its source reports everything that happens. When that ends, all streams end,
/// and their clients start over.
/// </summary>
/// <param name="maxLag">A stream that lags this many messages behind is ended too.</param>
/// <param name="lost">The error that the client gets then.</param>
public abstract class MessageFeed<TMessage>(int maxLag, LocalizedText lost)
    where TMessage : class
{
    private ImmutableHashSet<Channel<TMessage>>? _streams;

    /// <summary>Subscribes: every later message will be read, or the stream ends.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE while the feed is closed.</exception>
    public Subscription Subscribe()
    {
        var stream = Channel.CreateBounded<TMessage>(new BoundedChannelOptions(maxLag) { SingleReader = true });
        return ImmutableInterlocked.Update(ref _streams, (open, added) => open?.Add(added), stream) ? new(this, stream) : throw Lost();
    }

    /// <summary>From here on the source reports everything.</summary>
    public void Open() => _streams = [];

    /// <summary>Sends a message to every stream.</summary>
    public void Publish(TMessage message)
    {
        foreach (var stream in _streams ?? [])
        {
            if (!stream.Writer.TryWrite(message))
                stream.Writer.TryComplete(Lost());
        }
    }

    /// <summary>The source has stopped, or the process stops.</summary>
    public void Close()
    {
        foreach (var stream in Interlocked.Exchange(ref _streams, null) ?? [])
            stream.Writer.TryComplete(Lost());
    }

    private Grpc.Core.RpcException Lost() => RpcErrors.Unavailable(lost);

    /// <summary>One stream.</summary>
    public readonly struct Subscription : IDisposable
    {
        private readonly MessageFeed<TMessage> _feed;
        private readonly Channel<TMessage> _stream;

        internal Subscription(MessageFeed<TMessage> feed, Channel<TMessage> stream) => (_feed, _stream) = (feed, stream);

        /// <summary>All messages since the subscription, without end.</summary>
        public IAsyncEnumerable<TMessage> ReadAllAsync(CancellationToken cancellationToken) => _stream.Reader.ReadAllAsync(cancellationToken);

        public void Dispose() => ImmutableInterlocked.Update(ref _feed._streams, (open, left) => open?.Remove(left), _stream);
    }
}
