using Microsoft.EntityFrameworkCore;

namespace ShTP.Data.Retention;

/// <summary>Rows of one table that are deleted, or have some columns emptied, when their time is over.</summary>
public sealed class RetentionRule<TContext>
    where TContext : DbContext
{
    private readonly Func<TContext, DateTimeOffset, int, CancellationToken, Task<int>> _apply;

    internal RetentionRule(string table, Func<TContext, DateTimeOffset, int, CancellationToken, Task<int>> apply) => (Table, _apply) = (table, apply);

    /// <summary>The table's name in the database.</summary>
    public string Table { get; }

    /// <returns>How many rows were due, at most <paramref name="count"/>.</returns>
    internal Task<int> ApplyAsync(TContext db, DateTimeOffset now, int count, CancellationToken cancellationToken) => _apply(db, now, count, cancellationToken);
}

/// <summary>The two kinds of rules.</summary>
public static class RetentionRule
{
    /// <summary>Deletes rows.</summary>
    /// <param name="table">The table's name in the database.</param>
    /// <param name="kept">How long rows are kept.</param>
    /// <param name="due">The rows that are older than a moment, in the order of an index.</param>
    public static RetentionRule<TContext> Delete<TContext, TEntity>(string table, TimeSpan kept, Func<TContext, DateTimeOffset, IQueryable<TEntity>> due)
        where TContext : DbContext
        where TEntity : class =>
        new(table, (db, now, count, cancellationToken) => due(db, now - kept).Take(count).ExecuteDeleteAsync(cancellationToken));

    /// <summary>Deletes rows that have the moment of their end.</summary>
    /// <param name="table">The table's name in the database.</param>
    /// <param name="due">The rows whose end is before a moment, in the order of an index.</param>
    public static RetentionRule<TContext> Delete<TContext, TEntity>(string table, Func<TContext, DateTimeOffset, IQueryable<TEntity>> due)
        where TContext : DbContext
        where TEntity : class => Delete(table, TimeSpan.Zero, due);

    /// <summary>Changes columns of rows, so that they are not due any more.</summary>
    /// <param name="table">The table's name in the database.</param>
    /// <param name="change">Changes at most so many of the rows whose time is over at a moment, and returns how many.</param>
    public static RetentionRule<TContext> Change<TContext>(string table, Func<TContext, DateTimeOffset, int, CancellationToken, Task<int>> change)
        where TContext : DbContext => new(table, change);
}
