using System.Data.Common;
using System.Text.Json;
using Npgsql;
using ShTP.Auth.Keys;
using ShTP.Auth.Sessions;
using ShTP.ServiceDefaults;

namespace ShTP.Auth.Data;

/// <summary>
/// Listens to the database on a connection of its own: revocations and changes of keys, made by whichever replica.
/// Times here are real ones, whatever the clock of the service says: they watch over a network.
/// </summary>
internal sealed class DatabaseSignals(
    IConfiguration configuration, RevocationFeed feed, KeyRing ring, IHostApplicationLifetime lifetime, ILogger<DatabaseSignals> logger) : BackgroundService
{
    private const int BeatMilliseconds = 1000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private static readonly JsonSerializerOptions RowFormat = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly V1.WatchRevocationsResponse Heartbeat = new();

    private bool keysChanged;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Open streams would hold the server's shutdown up, and this service stops only after it.
        using var stopping = lifetime.ApplicationStopping.Register(feed.Close);
        var connectionString = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(ResourceNames.AuthDb))
        {
            Pooling = false,
            CommandTimeout = 3,
            Timeout = 3,
            ApplicationName = "auth signals",
        }.ConnectionString;

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(connectionString, stoppingToken);
            }
            catch (Exception outage) when (outage is DbException or TimeoutException or IOException or InvalidOperationException && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The database is not heard, streams of revocations end until it is: {Fault}", outage.Message);
            }
            finally
            {
                feed.Close();
            }

            await Task.Delay(RetryAfter, stoppingToken);
        }
    }

    private async Task ListenAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        connection.Notification += OnNotification;
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "LISTEN revocations; LISTEN signing_keys", cancellationToken);
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
            feed.Open();
        keysChanged = true;
        var lastBeat = Environment.TickCount64;
        while (true)
        {
            if (keysChanged)
            {
                keysChanged = false;
                await ring.ReloadAsync(cancellationToken);
            }

            var untilBeat = (int)(lastBeat + BeatMilliseconds - Environment.TickCount64);
            if (untilBeat > 0 && await connection.WaitAsync(untilBeat, cancellationToken))
                continue;
            await ExecuteAsync(connection, "SELECT 1", cancellationToken);
            feed.Publish(Heartbeat);
            lastBeat = Environment.TickCount64;
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (notification.Channel == "signing_keys")
            keysChanged = true;
        else if (JsonSerializer.Deserialize<Revocation>(notification.Payload, RowFormat) is { } revocation)
            feed.Publish(new() { Revocation = revocation.ToProto() });
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
