using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Data;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using Xunit;
using Status = Grpc.Core.Status;

namespace ShTP.Services.Tests.ServiceDefaults;

/// <summary>The disk of PostgreSQL is full: a trigger says what the server would.</summary>
public sealed class DatabaseFullTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync<OutboxTestDb>();

    public ValueTask DisposeAsync() => Disposing.AllAsync(_database);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Save_DiskFull_IsTriedOnceAndUnavailableWithTheReason(bool inTransaction)
    {
        await RefuseAsync(PostgresErrorCodes.DiskFull);

        var fault = DatabaseErrors.Translate(await SaveAsync(inTransaction))!;

        Assert.Equal(1, await AttemptsAsync());
        Assert.Equal(new Status(StatusCode.Unavailable, "The database is full, nothing can be changed until an administrator has made room"), fault.Status);
        var retry = fault.GetRpcStatus()!.GetDetail<RetryInfo>();
        Assert.Equal(TimeSpan.FromMinutes(1), retry!.RetryDelay.ToTimeSpan());
    }

    /// <summary>The other side of it: what passes by itself is tried again.</summary>
    [Fact]
    public async Task Save_TooManyConnections_IsTriedAgain()
    {
        await RefuseAsync(PostgresErrorCodes.TooManyConnections);

        var fault = DatabaseErrors.Translate(await SaveAsync(inTransaction: true))!;

        Assert.Equal(4, await AttemptsAsync());
        Assert.Equal(new Status(StatusCode.Unavailable, "The database is not available"), fault.Status);
    }

    private async Task<Exception> SaveAsync(bool inTransaction)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Configuration.AddInMemoryCollection([new($"ConnectionStrings:{ResourceNames.UsersDb}", _database.ConnectionString)]);
        builder.AddServiceDatabase<OutboxTestDb>(ResourceNames.UsersDb);
        await using var app = builder.Build();
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OutboxTestDb>();
        return await Assert.ThrowsAnyAsync<Exception>(() => inTransaction ? db.InTransactionAsync(SaveAsync, Cancel) : SaveAsync(Cancel));

        Task<int> SaveAsync(CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { Text = "more" });
            return db.SaveChangesAsync(cancellationToken);
        }
    }

    // A sequence counts what is rolled back, too.
    private async Task RefuseAsync(string state)
    {
        await using var source = NpgsqlDataSource.Create(_database.ConnectionString);
        await using var command = source.CreateCommand($"""
            CREATE SEQUENCE attempts;
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM nextval('attempts'); RAISE EXCEPTION 'No space left on device' USING ERRCODE = '{state}'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON effects FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<long> AttemptsAsync()
    {
        await using var db = OutboxTestDb.Open(_database.ConnectionString);
        return await db.Database.SqlQueryRaw<long>("SELECT last_value AS \"Value\" FROM attempts").SingleAsync(Cancel);
    }
}
