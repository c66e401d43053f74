using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ShTP.Achievements;
using ShTP.Assignments;
using ShTP.Auth;
using ShTP.Events;
using ShTP.Files;
using ShTP.Notifications;
using ShTP.Testing;
using ShTP.Users;
using Xunit;

namespace ShTP.Services.Tests.Upgrades;

/// <summary>A database that the first migration made and that has a row in every table is brought up to date.</summary>
public sealed class FirstMigrationTests
{
    /// <summary>What later migrations change on purpose.</summary>
    private static readonly HashSet<string> Rewritten = ["users.email", "users.search_text", "credentials.email", "revocations.issued_before", "revocations.forget_at"];

    /// <summary>Values that depend on each other, or that a later migration is about.</summary>
    private static readonly Dictionary<string, string> Values = new()
    {
        ["credentials.email"] = "'Ada.Lovelace@School.Example'",
        ["users.email"] = "'Ada.Lovelace@School.Example'",
        ["users.last_name"] = "'Lovelace'",
        ["users.first_name"] = "'Ada'",
        ["users.patronymic_name"] = "NULL",
        ["users.search_text"] = "E'lovelace ada\\nada.lovelace@school.example'",
        ["revocations.session_id"] = "NULL",
        ["notifications.data"] = "'{}'",
    };

    [Fact]
    public Task Achievements() => UpgradeAsync<AchievementsDb>();

    [Fact]
    public Task Assignments() => UpgradeAsync<AssignmentsDb>();

    [Fact]
    public async Task Auth()
    {
        var rows = await UpgradeAsync<AuthDb>();
        var account = Assert.Single(rows["credentials"]);
        Assert.Equal("ada.lovelace@school.example", account["email"].GetString());
        Assert.False(account["must_change"].GetBoolean());
        Assert.Equal(long.MaxValue, Assert.Single(rows["revocations"])["below_version"].GetInt64());
    }

    [Fact]
    public Task Events() => UpgradeAsync<EventsDb>();

    [Fact]
    public Task Files() => UpgradeAsync<FilesDb>();

    [Fact]
    public Task Notifications() => UpgradeAsync<NotificationsDb>();

    [Fact]
    public async Task Users()
    {
        var rows = await UpgradeAsync<UsersDb>();
        var user = Assert.Single(rows["users"]);
        Assert.Equal("ada.lovelace@school.example", user["email"].GetString());
        Assert.Equal("lovelace ada\nada.lovelace@school.example", user["search_text"].GetString());
    }

    private static async Task<Dictionary<string, List<Dictionary<string, JsonElement>>>> UpgradeAsync<TContext>()
        where TContext : DbContext
    {
        await using var database = await PostgresServer.CreateEmptyDatabaseAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        var options = new DbContextOptionsBuilder<TContext>().UseNpgsql(database.ConnectionString + ";Pooling=false").UseSnakeCaseNamingConvention().Options;
        var tables = new FilledTables(database.ConnectionString + ";Pooling=false");
        await using (var old = (TContext)Activator.CreateInstance(typeof(TContext), options)!)
        {
            await old.GetService<IMigrator>().MigrateAsync(old.Database.GetMigrations().First(), cancellationToken);
            await tables.FillAsync(Values);
        }

        var before = await tables.ReadAsync();
        Assert.All(before, table => Assert.Single(table.Value));
        await using var db = (TContext)Activator.CreateInstance(typeof(TContext), options)!;
        await ShTP.Data.Migrations.ApplyAsync(db, cancellationToken);

        Assert.Equal(db.Database.GetMigrations(), await db.Database.GetAppliedMigrationsAsync(cancellationToken));
        Assert.False(db.Database.HasPendingModelChanges());
        var after = await tables.ReadAsync();
        foreach (var (table, rows) in before)
        {
            var row = Assert.Single(after[table]);
            foreach (var (column, value) in rows.Single())
            {
                if (!Rewritten.Contains($"{table}.{column}"))
                    Assert.True(row.TryGetValue(column, out var now) && JsonElement.DeepEquals(value, now), $"{table}.{column} was {value} and is {(row.TryGetValue(column, out now) ? now : "gone")}.");
            }
        }

        // Every entity of today reads what was written then.
        foreach (var entity in db.Model.GetEntityTypes().Where(entity => !entity.IsOwned() && entity.GetTableName() is not null))
            await (Task)Read.MakeGenericMethod(entity.ClrType).Invoke(null, [db, entity.Name])!;
        return after;
    }

    private static readonly MethodInfo Read = typeof(FirstMigrationTests).GetMethod(nameof(ReadAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static async Task ReadAsync<TEntity>(DbContext db, string name)
        where TEntity : class
    {
        var set = db.Model.FindEntityType(name)!.HasSharedClrType ? db.Set<TEntity>(name) : db.Set<TEntity>();
        await set.AsNoTracking().ToListAsync(TestContext.Current.CancellationToken);
    }
}
