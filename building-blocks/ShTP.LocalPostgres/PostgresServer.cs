using System.Net;
using System.Net.Sockets;
using ShTP.LocalPostgres.Binaries;
using ShTP.LocalPostgres.Processes;

namespace ShTP.LocalPostgres;

/// <summary>One run of a server process.</summary>
internal sealed class PostgresServer
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly ChildProcess _process;

    private PostgresServer(ChildProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public int ProcessId => _process.Id;

    public Task<int> Exited => _process.Exited;

    /// <summary>Returns when the server accepts connections; a null port means a free one.</summary>
    public static async Task<PostgresServer> StartAsync(PostgresBinaries binaries, DataDirectory data, RunDirectory run,
        PostgresClusterOptions options, int? port, CancellationToken cancellationToken)
    {
        var end = DateTime.UtcNow + options.StartTimeout;
        while (true)
        {
            var log = new LogTail(options.Log);
            var attempt = await LaunchAsync(binaries, data, run, options, port ?? FreePort(), log);
            if (await attempt.BecomesReadyAsync(data, end, cancellationToken))
                return attempt;

            var late = DateTime.UtcNow > end;
            if (!late && port is null && log.Contains("Address already in use"))
                continue;
            // The processes of a killed server release its shared memory only after their current work.
            if (!late && log.Contains("is still in use"))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
                continue;
            }
            throw new LocalPostgresException(late
                ? $"PostgreSQL in {data.FullPath} was not ready within {options.StartTimeout}. Its log: {log}"
                : $"PostgreSQL in {data.FullPath} on port {attempt.Port} ended while starting. Its log: {log}");
        }
    }

    /// <summary>Fast shutdown: ends connections and writes a checkpoint.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        await _process.StopAsync(UnixSignal.Interrupt, limit);
        _process.Dispose();
    }

    private static async Task<PostgresServer> LaunchAsync(PostgresBinaries binaries, DataDirectory data, RunDirectory run,
        PostgresClusterOptions options, int port, LogTail log)
    {
        List<string> arguments = ["-D", data.FullPath];
        foreach (var (name, value) in ServerSettings.For(binaries, options, port, run.Socket))
            arguments.AddRange(["-c", $"{name}={value}"]);
        var process = await ChildProcess.StartAsync(new ChildProcessStart
        {
            FileName = binaries.Postgres,
            Arguments = arguments,
            WorkingDirectory = run.FullPath,
            Account = data.Account,
            // Immediate shutdown, so that the server also ends its child processes and releases shared memory.
            DeathSignal = UnixSignal.Quit,
            Output = log.Add,
            Error = log.Add,
        });
        return new PostgresServer(process, port);
    }

    /// <summary>Returns false, with the process ended, when it exited by itself or the time is over.</summary>
    private async Task<bool> BecomesReadyAsync(DataDirectory data, DateTime end, CancellationToken cancellationToken)
    {
        try
        {
            while (!Exited.IsCompleted && DateTime.UtcNow <= end)
            {
                if (PostmasterFile.Read(data.FullPath) is { } file && file.ProcessId == ProcessId &&
                    file.Status == PostmasterFile.Ready)
                    return true;
                await Task.Delay(Poll, cancellationToken);
            }
        }
        catch
        {
            await StopAsync(TimeSpan.FromSeconds(1));
            throw;
        }
        await StopAsync(TimeSpan.FromSeconds(1));
        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
