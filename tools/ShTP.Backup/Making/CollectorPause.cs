using Npgsql;
using ShTP.Backup.Postgres;
using ShTP.Data;

namespace ShTP.Backup.Making;

/// <summary>Keeps Files from deleting content, by the lock that its collectors take turns with.</summary>
internal sealed class CollectorPause : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly NpgsqlConnection _connection;

    private CollectorPause(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Waits for the end of a batch that is being deleted.</summary>
    /// <exception cref="BackupException">It did not end within 30 seconds.</exception>
    public static async Task<CollectorPause> BeginAsync(Target files, CancellationToken cancellationToken)
    {
        var pause = new CollectorPause(await files.ConnectAsync(cancellationToken));
        try
        {
            await files.NamedAsync(async () =>
            {
                await using var command = new NpgsqlCommand(
                    $"SET lock_timeout = {(int)Limit.TotalMilliseconds}; SELECT pg_advisory_lock(hashtextextended(@collector, {AdvisoryLocks.Files}))", pause._connection);
                command.Parameters.AddWithValue("collector", AdvisoryLocks.FileCollector);
                return await command.ExecuteNonQueryAsync(cancellationToken);
            });
            return pause;
        }
        catch
        {
            await pause.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it. Should this process be killed, the end of its connection does.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
