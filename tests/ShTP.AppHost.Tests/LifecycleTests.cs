using System.Diagnostics;
using Aspire.Hosting.Projects;
using Npgsql;

namespace ShTP.Hosting.Tests;

public sealed class LifecycleTests
{
    [Fact]
    public async Task Project_StoppedAndStarted_GoesThroughTheStates()
    {
        await using var builder = TestModels.Model();
        var project = builder.AddHealthySample("web");
        await using var app = await builder.StartAsync();
        var first = await app.HealthyAsync("web");
        Assert.Matches("^web-[a-z]{8}$", first.ResourceId);

        var stop = await app.ResourceCommands.ExecuteCommandAsync(project.Resource, KnownResourceCommands.StopCommand, TestModels.Cancellation);
        Assert.True(app.ResourceNotifications.TryGetCurrentState(first.ResourceId, out var stopped));
        var start = await app.ResourceCommands.ExecuteCommandAsync("web", "resource-start", TestModels.Cancellation);
        var again = await app.HealthyAsync("web");

        Assert.True(stop.Success && start.Success, stop.Message ?? start.Message);
        Assert.Equal((KnownResourceStates.Finished, 0), (stopped.Snapshot.State?.Text, stopped.Snapshot.ExitCode));
        Assert.Null(stopped.Snapshot.HealthStatus);
        Assert.False(IsAlive(first.ProcessId()));
        Assert.True(IsAlive(again.ProcessId()));
        Assert.Null(again.Snapshot.ExitCode);
    }

    [Fact]
    public async Task Command_Unknown_FailsWithoutException()
    {
        await using var builder = TestModels.Model();
        builder.AddSample("web").WithExplicitStart();
        await using var app = await builder.StartAsync();

        Assert.True(app.ResourceNotifications.TryGetCurrentState("web", out var found));
        Assert.Equal(KnownResourceStates.NotStarted, found.Snapshot.State?.Text);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("web", "dance", TestModels.Cancellation)).Success);
        Assert.False((await app.ResourceCommands.ExecuteCommandAsync("nobody", "start", TestModels.Cancellation)).Success);
    }

    [Fact]
    public async Task Project_WithoutBuiltFile_FailsToStartAndSaysWhatToDo()
    {
        await using var builder = TestModels.Model();
        builder.AddSample("web").WithAnnotation(new ProjectLaunchAnnotation("/nowhere/web.dll", null), ResourceAnnotationMutationBehavior.Replace);
        await using var app = await builder.StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("web", KnownResourceStates.FailedToStart, TestModels.Cancellation);

        Assert.Contains("is not built: /nowhere/web.dll does not exist. Run 'dotnet build' first.", await app.LogAsync("web"));
    }

    [Fact]
    public async Task Postgres_StoppedKilledAndRestarted_KeepsPortAndData()
    {
        await using var builder = TestModels.Model();
        var database = builder.AddPostgres("db").AddDatabase("data");
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("data");
        var connection = (await app.GetConnectionStringAsync("data", TestModels.Cancellation))! + ";Pooling=false";
        await ExecuteAsync(connection, "CREATE TABLE t (n int)");

        await app.ResourceCommands.ExecuteCommandAsync("db", KnownResourceCommands.StopCommand, TestModels.Cancellation);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("data", out var stopped));
        Assert.Equal(KnownResourceStates.Exited, stopped.Snapshot.State?.Text);
        await app.ResourceCommands.ExecuteCommandAsync("db", KnownResourceCommands.StartCommand, TestModels.Cancellation);
        await app.HealthyAsync("data");
        await ExecuteAsync(connection, "INSERT INTO t VALUES (1)");

        var server = await app.HealthyAsync("db");
        using (var process = Process.GetProcessById(server.ProcessId()))
            process.Kill();
        await app.ResourceNotifications.WaitForResourceAsync("db", KnownResourceStates.Exited, TestModels.Cancellation);
        var restart = await app.ResourceCommands.ExecuteCommandAsync("db", KnownResourceCommands.RestartCommand, TestModels.Cancellation);
        await app.HealthyAsync("data");

        Assert.True(restart.Success, restart.Message);
        Assert.Equal(1L, await ExecuteAsync(connection, "SELECT count(*) FROM t"));
        Assert.Equal(connection, (await app.GetConnectionStringAsync("data", TestModels.Cancellation)) + ";Pooling=false");
    }

    [Fact]
    public async Task Postgres_OfAConnectionString_IsUsedInsteadOfALocalOne()
    {
        await using var cluster = await LocalPostgres.PostgresCluster.StartAsync(new() { Durable = false }, TestModels.Cancellation);
        await using var builder = TestModels.Model($"--ConnectionStrings:db={cluster.ConnectionString}");
        var database = builder.AddPostgres("db").AddDatabase("data");
        builder.AddHealthySample("web").WithReference(database).WaitFor(database);
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("web");

        var variables = await app.GetAsync<Dictionary<string, string>>("web", "/environment");

        Assert.Equal(($"{cluster.Port}", "data"), (variables["DATA_PORT"], variables["DATA_DATABASENAME"]));
        Assert.Equal("data", await ExecuteAsync(variables["ConnectionStrings__data"], "SELECT current_database()"));
    }

    [Fact]
    public async Task Log_OfAProject_KeepsTheLevelsOfItsLines()
    {
        await using var builder = TestModels.Model();
        builder.AddHealthySample("web");
        await using var app = await builder.StartAsync();
        await app.HealthyAsync("web");
        using var client = app.CreateHttpClient("web", "http");
        await client.PostAsync("/log?text=watch-out", null, TestModels.Cancellation);

        await TestModels.EventuallyAsync(async () => (await app.LogAsync("web")).Contains("warn: Program[0]\n      watch-out") ? null : "not logged");
    }

    internal static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            // A dead process that nobody has waited for still has an entry.
            return !OperatingSystem.IsLinux() || !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ");
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            return false;
        }
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestModels.Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestModels.Cancellation);
    }
}
