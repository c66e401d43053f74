using Npgsql;
using ShTP.LocalPostgres;
using ShTP.ServiceDefaults;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

/// <summary>Services on a PostgreSQL server of their own, whose limits the tests choose.</summary>
public sealed class ConnectionClaimTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_PoolsOfAllReplicasDoNotFit_StopsAndNamesSettingsAndNumbers()
    {
        await using var server = await StartServerAsync(maxConnections: 50);
        await using (await StartUsersAsync(server, "first", ("Database:PoolSize", "20")))
        {
            var fault = await RefusedAsync(server, "second", ("Database:PoolSize", "20"));

            // 50 less 3 that are reserved; two pools of 20 and 4 more each.
            foreach (var part in (string[])["ConnectionStrings:usersdb", "up to 48 connections", "takes 47 (max_connections 50, of which 3 are reserved)", "may use 24: a Maximum Pool Size of 20, and 4 more",
                "first 24, second 24", "Raise max_connections to 51 or more", "Database:PoolSize", "to at most 19"])
                Assert.Contains(part, fault, StringComparison.Ordinal);
            await using var smaller = await StartUsersAsync(server, "second", ("Database:PoolSize", "19"));
        }

        // What has ended claims nothing.
        await Eventually.HoldsAsync(async () => await ClaimsAsync(server) == 0, "the claims are gone");
        await using var later = await StartUsersAsync(server, "second", ("Database:PoolSize", "20"));
    }

    [Fact]
    public async Task Start_PoolOfTheConnectionString_CountsInsteadOfTheSetting()
    {
        await using var server = await StartServerAsync(maxConnections: 30);

        Assert.Contains("Maximum Pool Size of 40", await RefusedAsync(server, "one", ("Database:PoolSize", "5"), ("ConnectionStrings:usersdb", server.ConnectionStringFor("one") + ";Maximum Pool Size=40")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALTER ROLE app CONNECTION LIMIT 20", "the role has a CONNECTION LIMIT of 20")]
    [InlineData("ALTER DATABASE one CONNECTION LIMIT 20", "the database has a CONNECTION LIMIT of 20")]
    public async Task Start_LimitOfRoleOrDatabase_IsObserved(string sql, string reason)
    {
        await using var server = await StartServerAsync(maxConnections: 100);
        foreach (var statement in (string[])["CREATE ROLE app LOGIN PASSWORD 'app'", "ALTER DATABASE one OWNER TO app", sql])
            await ExecuteAsync(server, statement);
        var own = new NpgsqlConnectionStringBuilder(server.ConnectionStringFor("one")) { Username = "app", Password = "app" }.ConnectionString;

        Assert.Contains(reason, await RefusedAsync(server, "one", ("ConnectionStrings:usersdb", own), ("Database:PoolSize", "20")), StringComparison.Ordinal);
    }

    private static async Task<PostgresCluster> StartServerAsync(int maxConnections)
    {
        await MissingTool.SkipWithoutPostgresAsync();
        var server = await PostgresCluster.StartAsync(
            new() { Durable = false, Settings = new Dictionary<string, string> { ["max_connections"] = $"{maxConnections}" } }, Cancel);
        foreach (var database in (string[])["one", "first", "second"])
            await ExecuteAsync(server, $"CREATE DATABASE {database}");
        return server;
    }

    private static Task<ServiceHost<UsersDb>> StartUsersAsync(PostgresCluster server, string database, params (string, string)[] settings) =>
        ServiceHost<UsersDb>.StartAsync(ResourceNames.Users, Settings(server, database, settings));

    private static Task<string> RefusedAsync(PostgresCluster server, string database, params (string, string)[] settings) =>
        ServiceHost<UsersDb>.RefusedAsync(ResourceNames.Users, Settings(server, database, settings));

    // In Development, so that the databases get their tables.
    private static IEnumerable<KeyValuePair<string, string?>> Settings(PostgresCluster server, string database, (string Key, string Value)[] settings) =>
        [new("environment", "Development"), new("ConnectionStrings:usersdb", server.ConnectionStringFor(database)), .. settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value))];

    private static async Task<long> ClaimsAsync(PostgresCluster server) => (long)(await ExecuteAsync(server, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))!;

    private static async Task<object?> ExecuteAsync(PostgresCluster server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }
}
