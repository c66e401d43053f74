using Microsoft.EntityFrameworkCore;

namespace ShTP.Users.Profiles;

/// <summary>Changes of one user, one after the other.</summary>
internal static class UserLock
{
    /// <summary>The user, tracked and locked until the transaction ends; null when there is none.</summary>
    public static Task<User?> LockUserAsync(this UsersDb db, Guid id, CancellationToken cancellationToken) =>
        db.Users.FromSql($"SELECT * FROM users WHERE id = {id} FOR NO KEY UPDATE").SingleOrDefaultAsync(cancellationToken);
}
