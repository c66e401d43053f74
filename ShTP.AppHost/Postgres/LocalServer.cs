using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ShTP.LocalPostgres;

namespace ShTP.AppHost.Postgres;

/// <summary>A server process of the AppHost.</summary>
internal sealed class LocalServer(PostgresServerResource server, InitializeResourceEvent start, int port, string? dataDirectory, string? binaries) : IDisposable
{
    private const string ProcessIdProperty = "executable.pid";
    private const string DataProperty = "Data";

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(10);

    private readonly ServerStates _states = new(server, start);
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private PostgresCluster? _cluster;

    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await _states.AllocateAsync("127.0.0.1", port, cancellationToken);
        await StartAsync(cancellationToken);
    }

    /// <summary>Returns when the server accepts connections and has its databases. Has no effect on a running server.</summary>
    /// <exception cref="LocalPostgresException">It cannot be started; the message has the reason.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (_cluster is not { IsRunning: true })
                await LaunchAsync(cancellationToken);
        }
        catch (LocalPostgresException fault)
        {
            start.Logger.LogError("{Fault}", fault.Message);
            await _states.PublishAsync(KnownResourceStates.FailedToStart);
            throw;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Returns when the server has stopped. The data is kept.</summary>
    public async Task StopAsync()
    {
        if (_cluster is not { IsRunning: true } cluster)
            return;
        await _states.PublishAsync(KnownResourceStates.Stopping);
        await cluster.StopAsync();
    }

    /// <summary>Stops the server and deletes its data. The next start creates a new cluster.</summary>
    public async Task RemoveDataAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (_cluster is not { } cluster)
                return;
            _cluster = null;
            await cluster.DisposeAsync();
            // An ephemeral data directory was already deleted with its cluster.
            if (Directory.Exists(cluster.DataPath))
                Directory.Delete(cluster.DataPath, recursive: true);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose()
    {
        _cluster?.DisposeAsync().AsTask().Wait(EndLimit);
        _oneAtATime.Dispose();
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        await _states.PublishAsync(KnownResourceStates.Starting, s => s with { ExitCode = null, StopTimeStamp = null });
        await _states.BeforeStartAsync(cancellationToken);
        if (_cluster is { } stopped)
            await stopped.RestartAsync(cancellationToken);
        else
            _cluster = await PostgresCluster.StartAsync(await OptionsAsync(cancellationToken), cancellationToken);
        var cluster = _cluster;
        await CreateDatabasesAsync(cluster, cancellationToken);
        await _states.PublishAsync(KnownResourceStates.Running, s => s with
        {
            StartTimeStamp = DateTime.UtcNow,
            Urls = [.. s.Urls.Select(url => url with { IsInactive = false })],
            Properties = [.. s.Properties.Where(p => p.Name is not (ProcessIdProperty or DataProperty)),
                new(ProcessIdProperty, cluster.ProcessId), new(DataProperty, cluster.DataPath)],
        });
        _ = PublishEndAsync(cluster, cluster.ProcessId);
    }

    private async Task PublishEndAsync(PostgresCluster cluster, int processId)
    {
        var exitCode = await cluster.Exited;
        // A restart may be quicker than this.
        if (cluster.ProcessId == processId)
            await _states.PublishAsync(KnownResourceStates.Exited, s => s with { ExitCode = exitCode, StopTimeStamp = DateTime.UtcNow });
        await _states.PublishEndAsync();
    }

    /// <summary>AddDatabase creates databases after the first health check, so their own first checks would fail.</summary>
    private async Task CreateDatabasesAsync(PostgresCluster cluster, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        foreach (var database in _states.Databases)
        {
            await using var find = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database.DatabaseName } } };
            if (await find.ExecuteScalarAsync(cancellationToken) is not null)
                continue;
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database.DatabaseName.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task<PostgresClusterOptions> OptionsAsync(CancellationToken cancellationToken) => new()
    {
        DataDirectory = dataDirectory,
        Durable = dataDirectory is not null,
        Port = port,
        UserName = await server.UserNameReference.GetValueAsync(cancellationToken) ?? "postgres",
        Password = await server.PasswordParameter.GetValueAsync(cancellationToken),
        Binaries = binaries,
        Settings = new Dictionary<string, string> { ["max_connections"] = ConnectionShares.MaxConnections(_states.Databases.Count) },
        Log = line => start.Logger.LogInformation("{Line}", line),
    };
}

/// <summary>Stops servers after all their clients: when the application has stopped, or is disposed without a stop.</summary>
internal sealed class LocalServers : IDisposable
{
    private readonly ConcurrentBag<LocalServer> _servers = [];

    public LocalServers(IHostApplicationLifetime lifetime) => lifetime.ApplicationStopped.Register(Dispose);

    public void Add(LocalServer server) => _servers.Add(server);

    public void Dispose()
    {
        while (_servers.TryTake(out var server))
            server.Dispose();
    }
}
