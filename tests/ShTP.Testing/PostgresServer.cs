using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.LocalPostgres;
using ShTP.Data;
using ShTP.Data.Outbox;

namespace ShTP.Testing;

/// <summary>
/// One throw-away PostgreSQL per test process. Each context is migrated once into a template, which tests copy: a
/// database of one's own costs some 50 ms.
/// </summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<PostgresCluster>> Cluster = new(StartAsync);
    private static readonly ConcurrentDictionary<Type, Lazy<Task<string>>> Templates = new();
    private static int count;

    /// <summary>An up-to-date, empty database of the context; dropped on dispose.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync<TContext>()
        where TContext : DbContext
    {
        var template = await Templates.GetOrAdd(typeof(TContext), _ => new(CreateTemplateAsync<TContext>)).Value;
        return await CreateAsync($"TEMPLATE \"{template}\"");
    }

    /// <summary>A database without anything, not even migrations.</summary>
    public static Task<TestDatabase> CreateEmptyDatabaseAsync() => CreateAsync("");

    /// <summary>A database with all that another one has, to which nobody is connected.</summary>
    public static Task<TestDatabase> CopyAsync(string name) => CreateAsync($"TEMPLATE \"{name}\"");

    internal static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection((await Cluster.Value).ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<PostgresCluster> StartAsync()
    {
        await MissingTool.SkipWithoutPostgresAsync();
        var cluster = await PostgresCluster.StartAsync(new PostgresClusterOptions
        {
            Durable = false,
            // Each service claims its whole pool, and many run at the same time.
            Settings = new Dictionary<string, string> { ["max_connections"] = "2000" },
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return cluster;
    }

    private static async Task<TestDatabase> CreateAsync(string with)
    {
        var name = $"test{Interlocked.Increment(ref count)}";
        await ExecuteAsync($"CREATE DATABASE \"{name}\" {with}");
        // On a busy machine a crowd waits longer for a pool, which is not what its test is about.
        return new TestDatabase(name, (await Cluster.Value).ConnectionStringFor(name) + ";Timeout=30");
    }

    private static async Task<string> CreateTemplateAsync<TContext>()
        where TContext : DbContext
    {
        var database = await CreateAsync("");
        var options = new DbContextOptionsBuilder<TContext>()
            .UseNpgsql(database.ConnectionString + ";Pooling=false")
            .UseSnakeCaseNamingConvention()
            .Options;
        await using var db = (TContext)Activator.CreateInstance(typeof(TContext), options)!;
        if (db.Database.GetMigrations().Any())
        {
            await Migrations.ApplyAsync(db, CancellationToken.None);
        }
        else
        {
            // A context of a test, without migrations.
            await db.Database.EnsureCreatedAsync();
            await db.Database.ExecuteSqlRawAsync(OutboxSql.AddTriggerAndIndex);
        }

        return database.Name;
    }
}
