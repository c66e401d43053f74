using Grpc.Core;
using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>The public keys that verify users' tokens: Auth's own, or Auth's as everybody else hears of them.</summary>
public interface ISigningKeySource
{
    /// <summary>The P-256 key with the id, or null when Auth has no such key.</summary>
    /// <exception cref="RpcException">UNAVAILABLE when it cannot be told.</exception>
    ValueTask<ECDsaSecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken);
}
