using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using ShTP.Achievements;
using ShTP.Assignments;
using ShTP.Auth;
using ShTP.Data;
using ShTP.Events;
using ShTP.Files;
using ShTP.Notifications;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.Upgrades;

/// <summary>A new database is made by one script instead of all migrations; it must be what they would have made.</summary>
public sealed class SchemaTests
{
    private const string Write = "SHTP_WRITE_SCHEMA";

    // What makes two databases different for those who use them.
    private const string Contents =
        """
        SELECT format('%s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
        UNION ALL SELECT format('%s %s', extname, extversion) FROM pg_extension
        ORDER BY 1
        """;

    [Fact]
    public Task Achievements() => CompareAsync<AchievementsDb>();

    [Fact]
    public Task Assignments() => CompareAsync<AssignmentsDb>();

    [Fact]
    public Task Auth() => CompareAsync<AuthDb>();

    [Fact]
    public Task Events() => CompareAsync<EventsDb>();

    [Fact]
    public Task Files() => CompareAsync<FilesDb>();

    [Fact]
    public Task Notifications() => CompareAsync<NotificationsDb>();

    [Fact]
    public Task Users() => CompareAsync<UsersDb>();

    private static async Task CompareAsync<TContext>()
        where TContext : DbContext
    {
        await using var script = await PostgresServer.CreateEmptyDatabaseAsync();
        await using var steps = await PostgresServer.CreateEmptyDatabaseAsync();
        await using var byScript = Open<TContext>(script);
        await using var byMigrations = Open<TContext>(steps);
        var area = typeof(TContext).Name[..^"Db".Length];
        var file = Repository.PathOf("services", area, "Migrations", "schema.sql");
        var expected = $"START TRANSACTION;\n{byScript.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.NoTransactions).ReplaceLineEndings("\n").Trim()}\nCOMMIT;\n";
        if (Environment.GetEnvironmentVariable(Write) == "1")
            await File.WriteAllTextAsync(file, expected, TestContext.Current.CancellationToken);
        Assert.True(File.Exists(file) && await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) == expected, $"The migrations of {area} changed: {Write}=1 dotnet test --project tests/ShTP.Services.Tests --filter-class \"*.SchemaTests\"");
        Assert.True(Migrations.ReadSchema(byScript) == expected, "Build again: the service has another script.");

        await byMigrations.Database.MigrateAsync(TestContext.Current.CancellationToken);
        await Migrations.ApplyAsync(byMigrations, TestContext.Current.CancellationToken);
        await Migrations.ApplyAsync(byScript, TestContext.Current.CancellationToken);

        Assert.Equal(byScript.Database.GetMigrations(), await byScript.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken));
        var contents = await ReadAsync(steps);
        Assert.True(contents.Count > 10);
        Assert.Equal(contents, await ReadAsync(script));
    }

    private static TContext Open<TContext>(TestDatabase database)
        where TContext : DbContext =>
        (TContext)Activator.CreateInstance(typeof(TContext), new DbContextOptionsBuilder<TContext>().UseNpgsql(database.ConnectionString + ";Pooling=false").UseSnakeCaseNamingConvention().Options)!;

    private static async Task<List<string>> ReadAsync(TestDatabase database)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(Contents, connection);
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var contents = new List<string>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            contents.Add(rows.GetString(0));
        return contents;
    }
}
