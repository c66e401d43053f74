using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ShTP.Data.Outbox;

internal sealed record ClaimedMessage(Guid Id, string Path, byte[] Payload, string? TraceParent, int Attempts, double Age);

internal sealed record ParkedMessage(Guid Id, string Path, string Key, int Attempts, DateTime CreatedAt, string? LastError);

internal sealed record DroppedMessage(Guid Id, string Path, string Key);

internal sealed record OutboxStatistics(long Pending, long Parked, double Age);

/// <summary>Access to the outbox of the service's database, independent of its context type.</summary>
internal abstract class OutboxStore
{
    public abstract string ConnectionString { get; }

    /// <summary>At most <paramref name="count"/> per receiver, except receivers with a limit in <paramref name="limits"/>.</summary>
    public Task<List<ClaimedMessage>> ClaimAsync(int count, TimeSpan claim, IReadOnlyDictionary<string, int> limits, CancellationToken cancellationToken) =>
        UseAsync(db => db.Database.SqlQueryRaw<ClaimedMessage>(OutboxSql.Claim, count, claim.TotalSeconds, limits.Keys.ToArray(), limits.Values.ToArray())
            .ToListAsync(cancellationToken));

    /// <summary>Null when no message waits for a receiver outside <paramref name="except"/>.</summary>
    public async Task<TimeSpan?> UntilNextAsync(string[] except, CancellationToken cancellationToken) =>
        (await UseAsync(db => db.Database.SqlQueryRaw<double?>(OutboxSql.NextDue, [except]).ToListAsync(cancellationToken)))[0] is { } seconds
            ? TimeSpan.FromSeconds(Math.Max(seconds, 0))
            : null;

    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) => ExecuteAsync(OutboxSql.Delete, [id], cancellationToken);

    public Task ExtendAsync(Guid id, TimeSpan claim, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxSql.Extend, [id, claim.TotalSeconds], cancellationToken);

    public Task PostponeAsync(Guid id, TimeSpan delay, string error, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxSql.Postpone, [id, delay.TotalSeconds, error], cancellationToken);

    /// <summary>Parks a message for an operator; when it <paramref name="standsAlone"/>, later ones of its key go on.</summary>
    public Task ParkAsync(Guid id, string error, bool standsAlone, CancellationToken cancellationToken) =>
        ExecuteAsync(OutboxSql.Park, [id, error, standsAlone], cancellationToken);

    public Task<List<ParkedMessage>> ListParkedAsync(int count, CancellationToken cancellationToken) =>
        UseAsync(db => db.Database.SqlQueryRaw<ParkedMessage>(OutboxSql.ListParked, count).ToListAsync(cancellationToken));

    /// <summary>Those of them that are parked are gone for good; returns how many were.</summary>
    /// <param name="ids">Of messages.</param>
    /// <param name="record">Adds to the change that a message is dropped.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<int> DropParkedAsync(Guid[] ids, Action<DbContext, DroppedMessage> record, CancellationToken cancellationToken)
    {
        var count = await UseAsync(db => db.InTransactionAsync(async token =>
        {
            var dropped = await db.Database.SqlQueryRaw<DroppedMessage>(OutboxSql.DropParked, ids).ToListAsync(token);
            foreach (var message in dropped)
                record(db, message);
            await db.SaveChangesAsync(token);
            return dropped.Count;
        }, cancellationToken));
        await ExecuteAsync(OutboxSql.Notify, [], cancellationToken);
        return count;
    }

    public async Task<int> RetryParkedAsync(CancellationToken cancellationToken)
    {
        var count = await ExecuteAsync(OutboxSql.RetryParked, [], cancellationToken);
        await ExecuteAsync(OutboxSql.Notify, [], cancellationToken);
        return count;
    }

    public async Task<OutboxStatistics> GetStatisticsAsync(CancellationToken cancellationToken) =>
        (await UseAsync(db => db.Database.SqlQueryRaw<OutboxStatistics>(OutboxSql.Statistics).ToListAsync(cancellationToken)))[0];

    /// <summary>True: waits; false: parked; null: delivered.</summary>
    public async Task<bool?> IsPendingAsync(Guid id, CancellationToken cancellationToken) =>
        await UseAsync(db => db.Database.SqlQueryRaw<bool>(OutboxSql.IsPending, id).ToListAsync(cancellationToken)) is [var pending] ? pending : null;

    protected abstract Task<T> UseAsync<T>(Func<DbContext, Task<T>> use);

    private Task<int> ExecuteAsync(string sql, IEnumerable<object> parameters, CancellationToken cancellationToken) =>
        UseAsync(db => db.Database.ExecuteSqlRawAsync(sql, parameters, cancellationToken));
}

/// <inheritdoc/>
internal sealed class OutboxStore<TContext>(IServiceScopeFactory scopes) : OutboxStore
    where TContext : DbContext
{
    public override string ConnectionString
    {
        get
        {
            using var scope = scopes.CreateScope();
            return scope.ServiceProvider.GetRequiredService<TContext>().Database.GetConnectionString()!;
        }
    }

    protected override async Task<T> UseAsync<T>(Func<DbContext, Task<T>> use)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<TContext>());
    }
}
