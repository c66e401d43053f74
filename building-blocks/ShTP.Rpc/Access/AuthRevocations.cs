using System.Runtime.CompilerServices;
using Grpc.Core;
using ShTP.Auth.V1;

namespace ShTP.Rpc.Access;

/// <summary>Auth's revocations by its RPC.</summary>
internal sealed class AuthRevocations(AuthInternal.AuthInternalClient auth) : IRevocationSource
{
    public async IAsyncEnumerable<WatchRevocationsResponse> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = auth.WatchRevocations(new WatchRevocationsRequest(), deadline: DateTime.MaxValue, cancellationToken: cancellationToken);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
            yield return message;
    }
}
