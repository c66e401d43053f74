using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;

namespace ShTP.Auth.Apps;

/// <summary>One-time tokens that a site exchanges for the user's id.</summary>
internal sealed class AppTokens(AuthDb db, TimeProvider time)
{
    private const int Size = 32;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>Creates a token and replaces an unused one; null when the app or the user was deleted.</summary>
    public async Task<string?> CreateAsync(Guid app, Guid user, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Size));
        var (hash, expiresAt) = (HashOf(token), time.GetUtcNow() + Lifetime);
        // The locks keep both rows until the token references them.
        var stored = await db.Database.ExecuteSqlAsync($"""
            INSERT INTO app_tokens (app_id, user_id, hash, expires_at)
            SELECT apps.id, credentials.user_id, {hash}, {expiresAt} FROM apps, credentials
            WHERE apps.id = {app} AND credentials.user_id = {user} FOR KEY SHARE
            ON CONFLICT (app_id, user_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
            """, cancellationToken);
        return stored == 1 ? token : null;
    }

    /// <summary>Consumes a token and returns its user; null when it is unknown, used, expired or of another app than <paramref name="app"/>.</summary>
    public async Task<Guid?> UseAsync(string token, Guid app, CancellationToken cancellationToken)
    {
        var (hash, now) = (HashOf(token), time.GetUtcNow());
        var users = await db.Database.SqlQuery<Guid>($"DELETE FROM app_tokens WHERE hash = {hash} AND expires_at > {now} AND app_id = {app} RETURNING user_id").ToListAsync(cancellationToken);
        return users is [var user] ? user : null;
    }

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
