using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Keys;

/// <summary>The signing keys in memory, newest first. Updated with every change of the table.</summary>
internal sealed class KeyRing(IServiceScopeFactory scopes, KeyEncryption encryption, IOptions<AuthOptions> options, TimeProvider time)
    : ISigningKeySource, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private volatile LoadedKey[]? _keys;
    private CancellationTokenSource _replaced = new();

    /// <summary>Whether keys were loaded since the start.</summary>
    public bool IsLoaded => _keys is not null;

    /// <summary>All keys that may verify a token, newest first.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE before the first load.</exception>
    public IReadOnlyList<LoadedKey> All => _keys ?? throw RpcErrors.Unavailable("Auth has not loaded its keys yet");

    /// <summary>The key that signs now.</summary>
    /// <exception cref="Grpc.Core.RpcException">UNAVAILABLE before the first load.</exception>
    public LoadedKey Active
    {
        get
        {
            var now = time.GetUtcNow();
            // With a clock that was set back no key may be active yet; then the oldest signs.
            return All.FirstOrDefault(key => key.ActiveFrom <= now) ?? (All is [.., var oldest] ? oldest : throw RpcErrors.Unavailable("Auth has no key that signs at the moment"));
        }
    }

    /// <summary>Fires when the set of keys changes.</summary>
    public IChangeToken GetChangeToken() => new CancellationChangeToken(_replaced.Token);

    public ValueTask<ECDsaSecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var found = All.FirstOrDefault(key => key.Id == keyId);
        return new(found?.Public);
    }

    /// <summary>Reads the table again. Known keys keep their objects, and with them the caches of the signer.</summary>
    /// <exception cref="CryptographicException">A key cannot be decrypted with the configured secret.</exception>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
            var expired = time.GetUtcNow() - options.Value.RefreshTokenLifetime;
            var stored = await db.SigningKeys.AsNoTracking()
                .Where(key => key.RetiredAt == null || key.RetiredAt > expired)
                .NewestFirst()
                .ToListAsync(cancellationToken);
            var known = (_keys ?? []).ToDictionary(key => key.Id);
            if (stored.Count == 0)
                return;
            _keys = [.. stored.Select(key => known.TryGetValue(key.Id, out var loaded) && loaded.Site?.Key.KeyId == key.SiteKeyId ? loaded with { ActiveFrom = key.ActiveFrom } : Load(key))];
            if (!known.Values.Select(key => (key.Id, key.Site?.Key.KeyId)).ToHashSet().SetEquals(stored.Select(key => (key.Id, key.SiteKeyId))))
                await Interlocked.Exchange(ref _replaced, new CancellationTokenSource()).CancelAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        _replaced.Dispose();
    }

    private LoadedKey Load(SigningKey key)
    {
        var signing = ECDsa.Create();
        signing.ImportPkcs8PrivateKey(encryption.Decrypt(key.Id, key.EncryptedPrivateKey), out _);
        var verifying = ECDsa.Create();
        verifying.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        var point = verifying.ExportParameters(includePrivateParameters: false).Q;
        var jwk = new V1.Jwk
        {
            Kty = "EC",
            Crv = "P-256",
            X = Base64UrlEncoder.Encode(point.X),
            Y = Base64UrlEncoder.Encode(point.Y),
            Kid = key.Id,
            Use = "sig",
            Alg = SecurityAlgorithms.EcdsaSha256,
        };
        return new(
            key.Id,
            key.ActiveFrom,
            new SigningCredentials(new ECDsaSecurityKey(signing) { KeyId = key.Id }, SecurityAlgorithms.EcdsaSha256),
            new ECDsaSecurityKey(verifying) { KeyId = key.Id },
            jwk,
            LoadSiteKey(key));
    }

    private SigningCredentials? LoadSiteKey(SigningKey key)
    {
        if (key is not { SiteKeyId: { } id, EncryptedSiteKey: { } encrypted })
            return null;
        var signing = RSA.Create();
        signing.ImportPkcs8PrivateKey(encryption.Decrypt(id, encrypted), out _);
        return new(new RsaSecurityKey(signing) { KeyId = id }, SecurityAlgorithms.RsaSha256);
    }
}

/// <summary>A decrypted key.</summary>
/// <param name="Id">Its id in tokens.</param>
/// <param name="ActiveFrom">When it begins to sign.</param>
/// <param name="Signing">The private part.</param>
/// <param name="Public">The public part.</param>
/// <param name="Jwk">The public part as it is published.</param>
/// <param name="Site">What signs ID tokens in the same time; null where the row is older than such keys.</param>
internal sealed record LoadedKey(string Id, DateTimeOffset ActiveFrom, SigningCredentials Signing, ECDsaSecurityKey Public, V1.Jwk Jwk, SigningCredentials? Site);
