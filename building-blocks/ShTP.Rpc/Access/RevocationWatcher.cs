using Microsoft.Extensions.Logging;
using ShTP.Auth.V1;
using ShTP.Rpc.Streams;

namespace ShTP.Rpc.Access;

/// <summary>Holds the stream of revocations.</summary>
internal sealed class RevocationWatcher(
    IRevocationSource source, Revocations revocations, RevocationOptions options, ILogger<RevocationWatcher> logger)
    : StreamWatcher<WatchRevocationsResponse>("revocations", options.ReconnectAfter, logger)
{
    protected override IAsyncEnumerable<WatchRevocationsResponse> OpenAsync(CancellationToken cancellationToken) => source.WatchAsync(cancellationToken);

    protected override bool Take(WatchRevocationsResponse message, bool isComplete)
    {
        isComplete |= message.SnapshotEnd;
        revocations.Apply(message, isComplete);
        return isComplete;
    }
}
