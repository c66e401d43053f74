using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using ShTP.Data;
using ShTP.Data.Audit;

namespace ShTP.Auth.Keys;

/// <summary>Creates the first key, the next planned one, and one on request. An advisory lock serializes replicas.</summary>
internal sealed class KeySchedule(AuthDb db, KeyEncryption encryption, IOptions<AuthOptions> options, TimeProvider time)
{
    private const int SiteKeyBits = 2048;

    /// <summary>Creates the first key, or the next one when its publication is due. Deletes keys whose last token has expired.</summary>
    public Task EnsureAsync(CancellationToken cancellationToken) => LockedAsync(async token =>
    {
        var now = time.GetUtcNow();
        await db.SigningKeys.Where(key => key.RetiredAt < now - options.Value.RefreshTokenLifetime).ExecuteDeleteAsync(token);
        var newest = await NewestAsync(token);
        if (newest is null)
        {
            db.SigningKeys.Add(Create(now, activeFrom: now));
        }
        else if (newest.ActiveFrom + options.Value.KeyRotationInterval - options.Value.KeyPublishedAhead <= now)
        {
            var earliest = now + options.Value.KeyPublishedAhead;
            var planned = newest.ActiveFrom + options.Value.KeyRotationInterval;
            Succeed(newest, Create(now, planned > earliest ? planned : earliest));
        }

        foreach (var older in await db.SigningKeys.Where(key => key.SiteKeyId == null && key.RetiredAt == null).ToListAsync(token))
            AddSiteKey(older);
        await db.SaveChangesAsync(token);
    }, cancellationToken);

    /// <summary>Publishes a new key that signs as soon as every replica has it. A key that is already published is reused.</summary>
    /// <returns>When it starts to sign.</returns>
    public async Task<DateTimeOffset> RotateAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var activeFrom = now + options.Value.KeyPropagation;
        await LockedAsync(async token =>
        {
            var newest = await NewestAsync(token);
            if (newest is null)
                db.SigningKeys.Add(Create(now, activeFrom));
            else if (newest.ActiveFrom <= activeFrom)
                Succeed(newest, Create(now, activeFrom));
            else
                await AdvanceAsync(newest, activeFrom, token);
            db.Record();
            await db.SaveChangesAsync(token);
        }, cancellationToken);
        return activeFrom;
    }

    private async Task AdvanceAsync(SigningKey waiting, DateTimeOffset activeFrom, CancellationToken cancellationToken)
    {
        var replaced = await db.SigningKeys.Where(key => key.Id != waiting.Id).NewestFirst().FirstOrDefaultAsync(cancellationToken);
        replaced?.RetiredAt = activeFrom;
        waiting.ActiveFrom = activeFrom;
    }

    private void Succeed(SigningKey replaced, SigningKey successor)
    {
        replaced.RetiredAt = successor.ActiveFrom;
        db.SigningKeys.Add(successor);
    }

    private Task<SigningKey?> NewestAsync(CancellationToken cancellationToken) =>
        db.SigningKeys.NewestFirst().FirstOrDefaultAsync(cancellationToken);

    private async Task LockedAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        await db.InTransactionAsync(async token =>
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.SigningKeys})", token);
            await work(token);
            return true;
        }, cancellationToken);

    private SigningKey Create(DateTimeOffset now, DateTimeOffset activeFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var id = Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());
        var created = new SigningKey
        {
            Id = id,
            EncryptedPrivateKey = encryption.Encrypt(id, key.ExportPkcs8PrivateKey()),
            PublicKey = key.ExportSubjectPublicKeyInfo(),
            CreatedAt = now,
            ActiveFrom = activeFrom,
        };
        AddSiteKey(created);
        return created;
    }

    private void AddSiteKey(SigningKey key)
    {
        using var rsa = RSA.Create(SiteKeyBits);
        key.SiteKeyId = Base64UrlEncoder.Encode(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)).ComputeJwkThumbprint());
        key.EncryptedSiteKey = encryption.Encrypt(key.SiteKeyId, rsa.ExportPkcs8PrivateKey());
    }
}
