using System.Data.Common;
using Npgsql;
using ShTP.ServiceDefaults;

namespace ShTP.Assignments.Judging;

/// <summary>Hears on a connection of its own that there is work, whichever replica queued it. While it hears nothing, whoever waits looks by itself.</summary>
internal sealed class WorkListener(IConfiguration configuration, WorkSignal signal, ILogger<WorkListener> logger) : BackgroundService
{
    // A connection that only waits would not notice that the other end is gone.
    private const int BeatMilliseconds = 5000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connectionString = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(ResourceNames.AssignmentsDb))
        {
            Pooling = false,
            CommandTimeout = 3,
            Timeout = 3,
            KeepAlive = 5,
            ApplicationName = "work",
        }.ConnectionString;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(connectionString, stoppingToken);
            }
            catch (Exception outage) when (outage is DbException or TimeoutException or IOException or InvalidOperationException && !stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The database is not heard, work is looked for meanwhile: {Fault}", outage.Message);
            }

            await Task.Delay(RetryAfter, stoppingToken);
        }
    }

    private async Task ListenAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        connection.Notification += (_, _) => signal.Pulse();
        await connection.OpenAsync(cancellationToken);
        await using (var listen = new NpgsqlCommand($"LISTEN {WorkQueue.Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        // Whatever was queued while nobody listened.
        signal.Pulse();
        while (true)
            await connection.WaitAsync(BeatMilliseconds, cancellationToken);
    }
}
