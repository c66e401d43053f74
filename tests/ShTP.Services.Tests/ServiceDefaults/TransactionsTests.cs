using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ShTP.Data;
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
