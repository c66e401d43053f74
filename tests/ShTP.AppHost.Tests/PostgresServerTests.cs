using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.AppHost.Postgres;
using ShTP.LocalPostgres;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests;

/// <summary>Aspire's PostgreSQL resource with a local process behind it.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task LocalProcess_StoppedKilledAndRestarted_KeepsPortAndData()
    {
        await using var builder = TestModel.Create();
        builder.AddLocalPostgres("db").AddDatabase("data");
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("data");
        var connection = await ConnectionStringAsync(app, "data");
        await ExecuteAsync(connection, "CREATE TABLE t (n int)");

        await app.RunCommandAsync("db", KnownResourceCommands.StopCommand);
        await app.ResourceNotifications.WaitForResourceAsync("data", KnownResourceStates.Exited, Limits.Cancellation);
        await app.RunCommandAsync("db", KnownResourceCommands.StartCommand);
        await app.HealthyAsync("data");
        await ExecuteAsync(connection, "INSERT INTO t VALUES (1)");

        var server = await app.HealthyAsync("db");
        using (var process = Process.GetProcessById(server.ProcessId()))
            process.Kill();
        var killed = await app.ResourceNotifications.WaitForResourceAsync("db", change => change.Snapshot.State?.Text == KnownResourceStates.Exited, Limits.Cancellation);
        Assert.Equal(137, killed.Snapshot.ExitCode);
        await app.RunCommandAsync("db", KnownResourceCommands.RestartCommand);
        await app.HealthyAsync("data");

        Assert.Equal(1L, await ExecuteAsync(connection, "SELECT count(*) FROM t"));
        Assert.Equal(connection, await ConnectionStringAsync(app, "data"));
    }

    [Fact]
    public async Task LocalProcess_WhenTheApplicationStops_IsGone()
    {
        await using var builder = TestModel.Create();
        builder.AddLocalPostgres("db");
        var app = await builder.StartAsync();
        var id = (await app.HealthyAsync("db")).ProcessId();

        await app.DisposeAsync().AsTask().WaitAsync(Limits.Step);

        Assert.False(Processes.IsAlive(id));
    }

    [Fact]
    public async Task LocalProcess_ThatCannotStart_FailsAndSaysWhy()
    {
        await using var builder = TestModel.Create("--Postgres:Binaries=/nowhere");
        builder.AddLocalPostgres("db");
        await using var app = await builder.BuildAsync(Limits.Cancellation);
        var starting = app.StartAsync(Limits.Cancellation);

        await app.ResourceNotifications.WaitForResourceAsync("db", KnownResourceStates.FailedToStart, Limits.Cancellation);

        await starting;
        Assert.Contains("/nowhere", await app.LogAsync("db"));
    }

    [Fact]
    public async Task ConnectionString_OfAServerElsewhere_IsUsedInsteadOfALocalOne()
    {
        await MissingTool.SkipWithoutPostgresAsync();
        await using var cluster = await PostgresCluster.StartAsync(new() { Durable = false, Password = "a=b c" }, Limits.Cancellation);
        await using var builder = TestModel.Create($"--ConnectionStrings:postgres={cluster.ConnectionString}", "--Data=ephemeral");
        Assert.True(AppHostOptions.TryRead(builder, TextWriter.Null, out var options));
        builder.AddPostgresServer("db", builder.AddParameter("unused", "unused"), SystemData.Of(builder, options), PortBlock.Take(builder), options).AddDatabase("data");
        await using var app = await builder.StartAsync();

        await app.HealthyAsync("data");

        var connection = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync(app, "data"));
        Assert.Equal((cluster.Port, "data"), (connection.Port, connection.Database));
        Assert.Equal("data", await ExecuteAsync(connection.ConnectionString, "SELECT current_database()"));
    }

    private static async Task<string> ConnectionStringAsync(DistributedApplication app, string name) =>
        (await app.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IResourceWithConnectionString>()
            .Single(resource => resource.Name == name).GetConnectionStringAsync(Limits.Cancellation))!;

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Limits.Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Limits.Cancellation);
    }
}
