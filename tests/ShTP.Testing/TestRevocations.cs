using System.Runtime.CompilerServices;
using ShTP.Auth.V1;
using ShTP.Rpc.Access;

namespace ShTP.Testing;

/// <summary>In the place of Auth's stream, for services whose Auth is not there: nothing is revoked.</summary>
internal sealed class TestRevocations : IRevocationSource
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    public async IAsyncEnumerable<WatchRevocationsResponse> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new() { SnapshotEnd = true };
        while (true)
        {
            await Task.Delay(Beat, cancellationToken);
            yield return new();
        }
    }
}
