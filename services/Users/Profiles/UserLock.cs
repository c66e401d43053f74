using Microsoft.EntityFrameworkCore;

namespace ShTP.Users.Profiles;

/// <summary>Changes of one user, one after the other.</summary>
internal static class UserLock
{
    /// <summary>The user, tracked and locked until the transaction ends; null when there is none.</summary>
    public static Task<User?> LockUserAsync(this UsersDb db, Guid id, CancellationToken cancellationToken) =>
        db.Users.FromSql($"SELECT * FROM users WHERE id = {id} FOR NO KEY UPDATE").SingleOrDefaultAsync(cancellationToken);

    /// <summary>Runs the change in a transaction of its own, again after a transient failure: it must load what it changes.</summary>
    public static async Task<T> InTransactionAsync<T>(this UsersDb db, Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken) =>
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async cancellation =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var result = await change(cancellation);
            await transaction.CommitAsync(cancellation);
            return result;
        }, cancellationToken);
}
