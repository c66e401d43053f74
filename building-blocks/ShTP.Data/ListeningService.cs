using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ShTP.Data;

/// <summary>
/// Receives database notifications (LISTEN) on its own connection and reconnects when it breaks. Times are real time,
/// not the service's clock, because they supervise a network connection.
/// </summary>
public abstract class ListeningService(IConfiguration configuration, string connectionName, string purpose, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(connectionName))
        {
            Pooling = false,
            CommandTimeout = 3,
            Timeout = 3,
            ApplicationName = purpose,
        }.ConnectionString;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(stoppingToken);
                await ListenAsync(connection, stoppingToken);
            }
            // Npgsql throws InvalidOperationException when the connection broke in between.
            catch (Exception outage) when ((outage.IsDatabaseOutage() || outage is InvalidOperationException) && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Cannot listen to the database ({Purpose}): {Fault}", purpose, outage.Message);
            }
            finally
            {
                OnSilence();
            }

            await Task.Delay(RetryAfter, stoppingToken);
        }
    }

    /// <summary>Listens on the open connection until it breaks. An idle connection does not notice a break, so waits on it need a limit.</summary>
    protected abstract Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>Notifications are lost until <see cref="ListenAsync"/> is called again.</summary>
    protected virtual void OnSilence()
    {
    }

    /// <summary>Subscribes to the channels.</summary>
    protected static async Task ListenToAsync(NpgsqlConnection connection, CancellationToken cancellationToken, params string[] channels)
    {
        await using var listen = new NpgsqlCommand(string.Join("; ", channels.Select(channel => $"LISTEN {channel}")), connection);
        await listen.ExecuteNonQueryAsync(cancellationToken);
    }
}
