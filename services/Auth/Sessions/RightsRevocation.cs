using Microsoft.EntityFrameworkCore;

namespace ShTP.Auth.Sessions;

/// <summary>
/// Revokes tokens by rights versions: every change of rights increments the user's version, and tokens with a lower one
/// are rejected. No clock is involved.
/// </summary>
internal static class RightsRevocation
{
    /// <summary>Version of deleted users, above every token's.</summary>
    public const long Never = long.MaxValue;

    /// <summary>Expires all access tokens of the user, or rejects all tokens permanently. Without credentials there are no tokens.</summary>
    public static Task<int> RaiseRightsVersionAsync(this AuthDb db, Guid user, bool expiredOnly, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            WITH raised AS (UPDATE credentials SET rights_version = rights_version + 1 WHERE user_id = {user} RETURNING rights_version)
            INSERT INTO revocations AS known (user_id, below_version, expired_only) SELECT {user}, rights_version, {expiredOnly} FROM raised
            ON CONFLICT (user_id, expired_only) DO UPDATE SET below_version = greatest(known.below_version, excluded.below_version)
            """, cancellationToken);

    /// <summary>Rejects all tokens of the user permanently. The row stays as the mark of a deletion.</summary>
    public static Task<int> RevokeForEverAsync(this AuthDb db, Guid user, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"""
            INSERT INTO revocations AS known (user_id, below_version, expired_only) VALUES ({user}, {Never}, false)
            ON CONFLICT (user_id, expired_only) DO UPDATE SET below_version = excluded.below_version
            """, cancellationToken);

    /// <summary>Filters the ids of deleted users.</summary>
    public static async Task<HashSet<Guid>> FindDeletedAsync(this AuthDb db, IReadOnlyCollection<Guid> users, CancellationToken cancellationToken) =>
        await db.Revocations.Where(known => known.BelowVersion == Never && known.UserId != null && users.Contains(known.UserId.Value))
            .Select(known => known.UserId!.Value).ToHashSetAsync(cancellationToken);
}
