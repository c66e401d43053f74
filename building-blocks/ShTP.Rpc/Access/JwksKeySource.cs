using System.Collections.Frozen;
using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using ShTP.Auth.V1;

namespace ShTP.Rpc.Access;

/// <summary>
/// Auth's keys by <c>GetJwks</c>, asked for again when they are old or when a token names a key that is not among
/// them (at most once in a few seconds). When Auth is down known keys go on verifying for an hour; then nothing does.
/// </summary>
internal sealed class JwksKeySource(AuthService.AuthServiceClient auth, TimeProvider time, ILogger<JwksKeySource> logger) : ISigningKeySource, IDisposable
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TrustedFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan BetweenFetches = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1);
    private volatile KeySet _known = new(FrozenDictionary<string, ECDsaSecurityKey>.Empty, DateTimeOffset.MinValue);
    private DateTimeOffset _fetchAgainAt = DateTimeOffset.MinValue;

    public ValueTask<ECDsaSecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var keys = _known;
        return time.GetUtcNow() < keys.FetchedAt + FreshFor && keys.ById.TryGetValue(keyId, out var key)
            ? new(key)
            : FetchAndFindAsync(keyId, cancellationToken);
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask<ECDsaSecurityKey?> FetchAndFindAsync(string keyId, CancellationToken cancellationToken)
    {
        var seen = _known;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Another call may have fetched while this one waited for the lock.
            if (ReferenceEquals(seen, _known) && time.GetUtcNow() >= _fetchAgainAt)
                await FetchAsync();
        }
        finally
        {
            _turn.Release();
        }

        var keys = _known;
        if (time.GetUtcNow() < keys.FetchedAt + TrustedFor)
            return keys.ById.GetValueOrDefault(keyId);
        throw TokenFault.NoKeys.ToRpcException();
    }

    private async Task FetchAsync()
    {
        try
        {
            // Not cancelled with the call that happens to need it: others wait for the same answer.
            var answer = await auth.GetJwksAsync(new GetJwksRequest(), deadline: DateTime.UtcNow + FetchLimit);
            _known = new(answer.Keys.ToFrozenDictionary(key => key.Kid, Import), time.GetUtcNow());
        }
        catch (Exception fault) when (fault is RpcException or CryptographicException or FormatException or ArgumentException)
        {
            logger.LogWarning(fault, "Auth's keys could not be fetched; those fetched at {FetchedAt} stay in use until they are an hour old", _known.FetchedAt);
        }

        _fetchAgainAt = time.GetUtcNow() + BetweenFetches;
    }

    private static ECDsaSecurityKey Import(Jwk key) => new(ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
    }))
    {
        KeyId = key.Kid,
    };

    private sealed record KeySet(FrozenDictionary<string, ECDsaSecurityKey> ById, DateTimeOffset FetchedAt);
}
