using Microsoft.EntityFrameworkCore;

namespace ShTP.ServiceDefaults.Data;

/// <summary>Changes that take more than one statement.</summary>
public static class Transactions
{
    /// <summary>Runs the change in a transaction of its own, again after a transient failure: it must load what it changes.</summary>
    public static async Task<T> InTransactionAsync<T>(this DbContext db, Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken) =>
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async cancellation =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            var result = await change(cancellation);
            await transaction.CommitAsync(cancellation);
            return result;
        }, cancellationToken);
}
