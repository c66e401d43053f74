using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ShTP.Data;

/// <summary>Changes with more than one statement.</summary>
public static class Transactions
{
    /// <summary>Runs the change in its own transaction, and again after a transient failure: it must load what it changes.</summary>
    public static async Task<T> InTransactionAsync<T>(this DbContext db, Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken) =>
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async cancellation =>
        {
            db.ChangeTracker.Clear();
            if (db.Database.CurrentTransaction is { } outer)
                return await InSavepointAsync(db, outer, change, cancellation);
            await using var transaction = await db.BeginAsync(cancellation);
            var result = await change(cancellation);
            await transaction.CommitAsync(cancellation);
            return result;
        }, cancellationToken);

    /// <summary>
    /// Begins a transaction in which saving changes sets no savepoint: each would cost a round trip. After a failure it can
    /// only be rolled back; whoever wants to go on saves by <see cref="InTransactionAsync"/>.
    /// </summary>
    public static Task<IDbContextTransaction> BeginAsync(this DbContext db, CancellationToken cancellationToken)
    {
        db.Database.AutoSavepointsEnabled = false;
        return db.Database.BeginTransactionAsync(cancellationToken);
    }

    // Part of a call that is recorded (Idempotency): its caller may catch the failure and go on.
    private static async Task<T> InSavepointAsync<T>(DbContext db, IDbContextTransaction outer, Func<CancellationToken, Task<T>> change, CancellationToken cancellationToken)
    {
        const string Savepoint = "change";
        await outer.CreateSavepointAsync(Savepoint, cancellationToken);
        try
        {
            return await change(cancellationToken);
        }
        catch
        {
            // With its connection the transaction has ended, and to roll back would be refused by another fault that hides this one.
            if (db.Database.GetDbConnection().State == ConnectionState.Open)
                await outer.RollbackToSavepointAsync(Savepoint, CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// The same for a change that adds a row with a known id. When the connection breaks during the commit, its outcome
    /// is unknown: <paramref name="find"/> looks for the row, so that it is not added twice.
    /// </summary>
    public static async Task<T> AddInTransactionAsync<T>(
        this DbContext db, Func<CancellationToken, Task<T?>> find, Func<CancellationToken, Task<T>> add, CancellationToken cancellationToken)
        where T : class
    {
        var isInDoubt = false;
        return await db.InTransactionAsync(async cancellation =>
        {
            if (isInDoubt && await find(cancellation) is { } added)
                return added;
            var result = await add(cancellation);
            isInDoubt = true;
            return result;
        }, cancellationToken);
    }
}
