using Microsoft.EntityFrameworkCore;

namespace ShTP.Users.Profiles;

/// <summary>Serializes changes of one user.</summary>
internal static class UserLock
{
    /// <summary>Loads the user, tracked and locked until the transaction ends; null when there is none.</summary>
    public static Task<User?> LockUserAsync(this UsersDb db, Guid id, CancellationToken cancellationToken) =>
        db.Users.FromSql($"SELECT * FROM users WHERE id = {id} FOR NO KEY UPDATE").SingleOrDefaultAsync(cancellationToken);
}
