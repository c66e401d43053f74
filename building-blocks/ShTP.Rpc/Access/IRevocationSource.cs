using ShTP.Auth.V1;

namespace ShTP.Rpc.Access;

/// <summary>Where revocations come from: Auth's own, or Auth's stream in all other processes.</summary>
public interface IRevocationSource
{
    /// <summary>One stream as WatchRevocations of auth.proto describes it; it ends, or fails, when it is cut.</summary>
    /// <exception cref="Grpc.Core.RpcException">The stream cannot be had, or broke.</exception>
    IAsyncEnumerable<WatchRevocationsResponse> WatchAsync(CancellationToken cancellationToken);
}
