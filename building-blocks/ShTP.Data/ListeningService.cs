using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ShTP.Data;

/// <summary>
/// Hears what the database tells, on a connection of its own that is opened again whenever it breaks. Times here are
/// real ones, whatever the clock of the service says: they watch over a network.
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
            // A connection that broke meanwhile says so by an InvalidOperationException of its own.
            catch (Exception outage) when ((outage.IsDatabaseOutage() || outage is InvalidOperationException) && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The database is not heard ({Purpose}): {Fault}", purpose, outage.Message);
            }
            finally
            {
                OnSilence();
            }

            await Task.Delay(RetryAfter, stoppingToken);
        }
    }

    /// <summary>Listens on the open connection until it breaks. One that only waits does not notice that, so it must be used or waited on with a limit.</summary>
    protected abstract Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken);

    /// <summary>Nothing is heard from here on, until <see cref="ListenAsync"/> is called again.</summary>
    protected virtual void OnSilence()
    {
    }

    /// <summary>Starts to hear the channels.</summary>
    protected static async Task ListenToAsync(NpgsqlConnection connection, CancellationToken cancellationToken, params string[] channels)
    {
        await using var listen = new NpgsqlCommand(string.Join("; ", channels.Select(channel => $"LISTEN {channel}")), connection);
        await listen.ExecuteNonQueryAsync(cancellationToken);
    }
}
