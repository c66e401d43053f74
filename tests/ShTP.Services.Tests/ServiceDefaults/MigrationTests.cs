using Microsoft.EntityFrameworkCore;
using ShTP.Data;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

public sealed class MigrationTests
{
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

    private static UsersDb Open(TestDatabase database) => new(new DbContextOptionsBuilder<UsersDb>()
        .UseNpgsql(database.ConnectionString + ";Pooling=false", npgsql => npgsql.EnableRetryOnFailure())
        .UseSnakeCaseNamingConvention()
        .Options);
}
