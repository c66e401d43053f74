using Npgsql;
using ShTP.ServiceDefaults;
using ShTP.Data;

namespace ShTP.Assignments.Judging;

/// <summary>Listens for new work of all replicas. While the connection is down, waiting callers poll.</summary>
internal sealed class WorkListener(IConfiguration configuration, WorkSignal signal, ILogger<WorkListener> logger)
    : ListeningService(configuration, ResourceNames.AssignmentsDb, "work", logger)
{
    private const int BeatMilliseconds = 5000;

    protected override async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        connection.Notification += (_, _) => signal.Pulse();
        await ListenToAsync(connection, cancellationToken, WorkQueue.Channel);
        // Work may have been queued while no connection listened.
        signal.Pulse();
        while (true)
        {
            if (await connection.WaitAsync(BeatMilliseconds, cancellationToken))
                continue;
            await using var beat = new NpgsqlCommand("SELECT 1", connection);
            await beat.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
