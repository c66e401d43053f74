using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;

namespace ShTP.Data.Caching;

/// <summary>Work that must not be done before others can see a change, such as dropping answers that are kept in memory.</summary>
public static class AfterCommitExtensions
{
    private static readonly ConditionalWeakTable<DbTransaction, List<Action>> Waiting = [];

    /// <summary>
    /// Does the work when the current transaction has ended, also when its outcome is not known; at once when there is none.
    /// Called after the change. A rollback drops it.
    /// </summary>
    public static void AfterCommit(this DbContext db, Action work)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(work);
        if (db.Database.CurrentTransaction is { } transaction)
            Waiting.GetOrCreateValue(transaction.GetDbTransaction()).Add(work);
        else
            work();
    }

    /// <summary>Part of every service's context.</summary>
    internal sealed class Interceptor : DbTransactionInterceptor
    {
        public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Run(transaction);

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Run(transaction);
            return Task.CompletedTask;
        }

        public override void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => Run(transaction);

        public override Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            Run(transaction);
            return Task.CompletedTask;
        }

        // Npgsql uses the object of a transaction again for the next one of the connection, and a transaction that is only disposed of raises no event.
        public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
        {
            Waiting.Remove(result);
            return result;
        }

        public override ValueTask<DbTransaction> TransactionStartedAsync(
            DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
        {
            Waiting.Remove(result);
            return ValueTask.FromResult(result);
        }

        private static void Run(DbTransaction transaction)
        {
            if (Waiting.Remove(transaction, out var works))
                works.ForEach(work => work());
        }
    }
}
