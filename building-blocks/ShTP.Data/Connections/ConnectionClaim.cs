using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Data.Connections;

/// <summary>
/// Claims what this process may use of the server's connections, for as long as it runs: a shared advisory lock whose
/// number is their count. So each process that starts sees what the others may use, however many of them there are and
/// whatever they are configured with, and nothing has to be cleaned up behind one that was killed.
/// </summary>
internal sealed partial class ConnectionClaim(string connectionName, Func<string> connectionString, ILogger<ConnectionClaim> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(30);

    private NpgsqlConnection? _held;
    private string? _fault;

    /// <summary>Claims at start. A server that cannot be reached is asked again later, and health shows the result.</summary>
    /// <exception cref="StartException">The pools of all processes do not fit into what the server takes.</exception>
    public async Task ClaimOrThrowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ClaimAsync(cancellationToken);
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            throw new StartException([$"ConnectionStrings:{connectionName}: the PostgreSQL server takes no more connections ({full.MessageText}). Raise max_connections, or lower Database:PoolSize of the services."]);
        }
        catch (Exception outage) when (outage.IsDatabaseOutage())
        {
            LogNotChecked(outage.Message);
            await ReleaseAsync();
            return;
        }

        if (_fault is null)
            return;
        await ReleaseAsync();
        throw new StartException([_fault]);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_fault is { } fault ? HealthCheckResult.Degraded(fault) : HealthCheckResult.Healthy());

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await ReleaseAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (_held is null)
                    await ClaimAsync(stoppingToken);
                await HoldAsync(_held!, stoppingToken);
            }
            // Npgsql throws InvalidOperationException when the connection broke in between.
            catch (Exception outage) when ((outage.IsDatabaseOutage() || outage is InvalidOperationException) && !stoppingToken.IsCancellationRequested)
            {
                LogLost(outage.Message);
                await ReleaseAsync();
            }

            await Task.Delay(RetryAfter, stoppingToken);
        }
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString());
        var (pool, own) = (settings.MaxPoolSize, settings.MaxPoolSize + DatabaseConnections.OutsidePool);
        (settings.Pooling, settings.ApplicationName) = (false, "claim");
        _held = new NpgsqlConnection(settings.ConnectionString);
        await _held.OpenAsync(cancellationToken);
        await using (var claim = new NpgsqlCommand($"SELECT pg_advisory_lock_shared({AdvisoryLocks.Connections}, {own})", _held))
            await claim.ExecuteNonQueryAsync(cancellationToken);
        _fault = (await ServerRoom.ReadAsync(_held, cancellationToken)).FindFault(connectionName, pool, own);
        if (_fault is not null)
            LogDoesNotFit(_fault);
    }

    // A connection on which nothing is sent does not notice a break.
    private static async Task HoldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var probe = new NpgsqlCommand("SELECT 1", connection);
        while (true)
        {
            await connection.WaitAsync(ProbeEvery, cancellationToken);
            await probe.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task ReleaseAsync()
    {
        if (Interlocked.Exchange(ref _held, null) is { } held)
            await held.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether all pools fit into the database server could not be checked: {Fault}")]
    private partial void LogNotChecked(string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "The claim of connections to the database is lost, claiming again: {Fault}")]
    private partial void LogLost(string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Fault}")]
    private partial void LogDoesNotFit(string fault);
}
