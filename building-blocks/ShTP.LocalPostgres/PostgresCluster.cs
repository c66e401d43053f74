using System.Data.Common;
using System.Security.Cryptography;
using ShTP.LocalPostgres.Binaries;
using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres;

/// <summary>A PostgreSQL server of this process only, on 127.0.0.1, with its own data. It ends with this process.</summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private readonly PostgresClusterOptions _options;
    private readonly PostgresBinaries _binaries;
    private readonly DataDirectory _data;
    private readonly RunDirectory _run;
    private PostgresServer _server;

    private PostgresCluster(PostgresClusterOptions options, PostgresBinaries binaries, DataDirectory data, RunDirectory run,
        PostgresServer server)
    {
        _options = options;
        _binaries = binaries;
        _data = data;
        _run = run;
        _server = server;
    }

    /// <summary>Unchanged by restarts.</summary>
    public int Port => _server.Port;

    public int ProcessId => _server.ProcessId;

    public bool IsRunning => !_server.Exited.IsCompleted;

    /// <summary>Completes with the exit code when the current server process ends for any reason.</summary>
    public Task<int> Exited => _server.Exited;

    public string DataPath => _data.FullPath;

    public string UserName => _options.UserName;

    public string Password => _options.Password!;

    /// <summary>Connection string of the database <c>postgres</c>.</summary>
    public string ConnectionString => ConnectionStringFor("postgres");

    public string ConnectionStringFor(string database) => new DbConnectionStringBuilder
    {
        ["Host"] = "127.0.0.1",
        ["Port"] = Port,
        ["Username"] = UserName,
        ["Password"] = Password,
        ["Database"] = database,
    }.ConnectionString;

    /// <summary>Finds PostgreSQL, creates the cluster if needed, and returns when the server accepts connections.</summary>
    /// <exception cref="LocalPostgresException">None was found, or it did not start; the message has the server's output.</exception>
    public static async Task<PostgresCluster> StartAsync(PostgresClusterOptions options, CancellationToken cancellationToken = default)
    {
        options = options with { Password = options.Password ?? RandomNumberGenerator.GetHexString(32) };
        if (options.Password.Any(char.IsControl))
            throw new LocalPostgresException("The password of a PostgreSQL server may have no control characters.");
        var account = ServerAccount.Needed();
        var run = await RunDirectory.CreateAsync(account, cancellationToken);
        try
        {
            var data = new DataDirectory(Path.GetFullPath(options.DataDirectory ?? run.ThrowAwayData), account);
            var binaries = await PostgresBinaries.FindAsync(options.Binaries, data.Version, account, cancellationToken);
            await data.PrepareAsync(binaries, options.UserName, options.Password, cancellationToken);
            var server = await PostgresServer.StartAsync(binaries, data, run, options, options.Port, cancellationToken);
            return new PostgresCluster(options, binaries, data, run, server);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Finds PostgreSQL as a start without settings does, and downloads it if needed.</summary>
    /// <exception cref="PostgresNotFoundException">There is none; the message lists the choices.</exception>
    public static Task EnsureBinariesAsync(CancellationToken cancellationToken = default) =>
        PostgresBinaries.FindAsync(setting: null, dataVersion: null, ServerAccount.Needed(), cancellationToken);

    /// <summary>Starts the server again on the same port and data, stopping it first if it runs.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        await _data.FreeAsync(cancellationToken);
        _server = await PostgresServer.StartAsync(_binaries, _data, _run, _options, Port, cancellationToken);
    }

    /// <summary>Fast shutdown within <see cref="PostgresClusterOptions.StopTimeout"/>, then kill. The data stays.</summary>
    public Task StopAsync() => StopAsync(_options.StopTimeout);

    public Task StopAsync(TimeSpan limit) => _server.StopAsync(limit);

    /// <summary>Stops the server and removes throw-away data.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _run.Dispose();
    }
}
