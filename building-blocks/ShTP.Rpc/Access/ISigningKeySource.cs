using Grpc.Core;
using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>The public keys that verify users' tokens: Auth's own, or those that Auth publishes in all other processes.</summary>
public interface ISigningKeySource
{
    /// <summary>The P-256 key with the id, or null when Auth has no such key.</summary>
    /// <exception cref="RpcException">UNAVAILABLE when the keys are not known.</exception>
    ValueTask<ECDsaSecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken);
}
