using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ShTP.Data;
using ShTP.Data.Caching;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class TransactionsTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync<OutboxTestDb>();

    public ValueTask DisposeAsync() => Disposing.AllAsync(_database);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddInTransaction_TheDatabaseGoesAwayDuringTheCommit_AddsOnce(bool isCommitted)
    {
        var fault = new FaultOfTheFirstCommit(isCommitted);
        await using var db = new OutboxTestDb(new DbContextOptionsBuilder<OutboxTestDb>()
            .UseNpgsql(_database.ConnectionString, npgsql => npgsql.EnableRetryOnFailure())
            .UseSnakeCaseNamingConvention().AddInterceptors(fault).Options);

        var added = await db.AddInTransactionAsync(
            cancellation => db.Effects.SingleOrDefaultAsync(effect => effect.Text == "added", cancellation),
            async cancellation =>
            {
                var effect = new Effect { Text = "added" };
                db.Effects.Add(effect);
                await db.SaveChangesAsync(cancellation);
                return effect;
            },
            Cancel);

        Assert.Equal("added", added.Text);
        Assert.True(fault.HasHappened);
        Assert.Equal(1, await db.Effects.CountAsync(Cancel));
    }

    /// <summary>Part of a recorded call. The caller is told of the outage, not of the transaction that ended with it.</summary>
    [Theory]
    [InlineData("SELECT pg_terminate_backend(pg_backend_pid())")]
    [InlineData("SELECT 1/0")]
    public async Task InTransaction_WithinAnotherOne_FailsByItsOwnFault(string statement)
    {
        await using var db = new OutboxTestDb(new DbContextOptionsBuilder<OutboxTestDb>().UseNpgsql(_database.ConnectionString).UseSnakeCaseNamingConvention().Options);
        await using var outer = await db.BeginAsync(Cancel);

        var fault = await Assert.ThrowsAnyAsync<Exception>(() => db.InTransactionAsync(cancellation => db.Database.ExecuteSqlRawAsync(statement, cancellation), Cancel));

        Assert.Equal(statement.EndsWith('0') ? PostgresErrorCodes.DivisionByZero : PostgresErrorCodes.AdminShutdown, Assert.IsType<PostgresException>(fault.GetBaseException()).SqlState);
    }

    [Fact]
    public async Task AfterCommit_WorkIsDone_WhenOthersCanSeeTheChange_AndNotAfterARollback()
    {
        await using var db = new OutboxTestDb(new DbContextOptionsBuilder<OutboxTestDb>()
            .UseNpgsql(_database.ConnectionString).UseSnakeCaseNamingConvention().AddInterceptors(new AfterCommitExtensions.Interceptor()).Options);
        var seen = new List<int>();

        await using (await db.Database.BeginTransactionAsync(Cancel))
        {
            await AddAsync();
            Assert.Empty(seen);
        }

        Assert.Empty(seen);
        await using (var transaction = await db.Database.BeginTransactionAsync(Cancel))
        {
            await AddAsync();
            Assert.Empty(seen);
            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal([1], seen);
        await AddAsync();
        Assert.Equal([1, 2], seen);

        async Task AddAsync()
        {
            db.ChangeTracker.Clear();
            db.Effects.Add(new Effect { Text = "seen" });
            await db.SaveChangesAsync(Cancel);
            db.AfterCommit(() => seen.Add(Count()));
        }

        int Count()
        {
            using var connection = new NpgsqlConnection(_database.ConnectionString);
            connection.Open();
            using var command = new NpgsqlCommand("SELECT count(*)::int FROM effects WHERE text = 'seen'", connection);
            return (int)command.ExecuteScalar()!;
        }
    }

    private sealed class FaultOfTheFirstCommit(bool isCommitted) : DbTransactionInterceptor
    {
        public bool HasHappened { get; private set; }

        public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (HasHappened)
                return result;
            HasHappened = true;
            if (isCommitted)
                await transaction.CommitAsync(cancellationToken);
            throw new NpgsqlException("The connection broke", new IOException());
        }
    }
}
