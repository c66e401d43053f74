using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Data;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class MigrationTests
{
    private const string LockAsWritersDo =
        """
        DO $$
        DECLARE writable regclass;
        BEGIN
            FOR writable IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '__EFMigrationsHistory' LOOP
                EXECUTE format('LOCK TABLE %s IN ROW EXCLUSIVE MODE', writable);
            END LOOP;
        END $$
        """;

    [Fact]
    public async Task Apply_ByManyReplicasAtOnce_AppliesEachMigrationOnce()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var database = await PostgresServer.CreateEmptyDatabaseAsync();

            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                await using var db = Open(database);
                await Migrations.ApplyAsync(db, CancellationToken.None);
            })));

            await using var migrated = Open(database);
            Assert.True(migrated.Database.GetMigrations().Count() > 1, "One migration would prove less.");
            Assert.Equal(migrated.Database.GetMigrations(), await migrated.Database.GetAppliedMigrationsAsync());
        }
    }

    [Fact]
    public async Task Apply_UpToDateAndSomebodyWrites_WaitsForNobody()
    {
        await using var database = await PostgresServer.CreateDatabaseAsync<UsersDb>();
        await using var writer = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await writer.OpenAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using (var write = new NpgsqlCommand(LockAsWritersDo, writer, transaction))
            await write.ExecuteNonQueryAsync();

        await using var db = Open(database, "Options=-c lock_timeout=1000");
        await Migrations.ApplyAsync(db, CancellationToken.None);
    }

    /// <summary>Connections of the pool of a service keep what was set in them.</summary>
    [Fact]
    public async Task Apply_ThatFails_LeavesNoLockInThePool()
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        const string Pool = "Pooling=true;No Reset On Close=true;Options=-c lock_timeout=1000";
        await using (var db = Open(database, Pool))
        {
            await db.Database.ExecuteSqlRawAsync("CREATE TABLE users (id int)");
            Assert.Equal(PostgresErrorCodes.DuplicateTable, (await Assert.ThrowsAsync<PostgresException>(() => Migrations.ApplyAsync(db, CancellationToken.None))).SqlState);
            await db.Database.ExecuteSqlRawAsync("DROP TABLE users");
        }

        await using var next = Open(database, "Options=-c lock_timeout=1000");
        await Migrations.ApplyAsync(next, CancellationToken.None);
        await using var used = new NpgsqlConnection($"{database.ConnectionString};Pooling=false;{Pool}");
        NpgsqlConnection.ClearPool(used);
    }

    private static UsersDb Open(TestDatabase database, string settings = "") => new(new DbContextOptionsBuilder<UsersDb>()
        .UseNpgsql($"{database.ConnectionString};Pooling=false;{settings}", npgsql => npgsql.EnableRetryOnFailure())
        .UseSnakeCaseNamingConvention()
        .Options);
}
