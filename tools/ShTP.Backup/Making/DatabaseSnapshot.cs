using System.Data;
using Npgsql;
using ShTP.Backup.Postgres;

namespace ShTP.Backup.Making;

/// <summary>A database as it was at one moment, for as long as this is open. <c>pg_dump</c> reads the same by <see cref="Id"/>.</summary>
internal sealed class DatabaseSnapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    // Ended by the end of the connection.
    private NpgsqlTransaction? _transaction;

    private DatabaseSnapshot(Target target, NpgsqlConnection connection) => (Target, _connection) = (target, connection);

    public Target Target { get; }

    /// <summary>The major version of the server.</summary>
    public int ServerVersion => _connection.PostgreSqlVersion.Major;

    /// <summary>The name by which it was exported.</summary>
    public string Id { get; private set; } = "";

    /// <summary>When it was taken, by the clock of the server.</summary>
    public DateTimeOffset TakenAt { get; private set; }

    /// <summary>Connects, so that taking the snapshot later is one statement.</summary>
    public static async Task<DatabaseSnapshot> OpenAsync(Target target, CancellationToken cancellationToken)
    {
        var connection = await target.ConnectAsync(cancellationToken);
        var snapshot = new DatabaseSnapshot(target, connection);
        try
        {
            // The snapshot lives as long as its transaction, which is idle while pg_dump works.
            await snapshot.ExecuteAsync("SET idle_in_transaction_session_timeout = 0; SET default_transaction_read_only = on", cancellationToken);
            return snapshot;
        }
        catch
        {
            await snapshot.DisposeAsync();
            throw;
        }
    }

    public async Task TakeAsync(CancellationToken cancellationToken) => await Target.NamedAsync(async () =>
    {
        _transaction = await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_export_snapshot(), clock_timestamp()", _connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        (Id, TakenAt) = (reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1));
        return Id;
    });

    /// <summary>Gives it up, so that another one can be taken.</summary>
    public async Task ReleaseAsync() => await Target.NamedAsync(async () =>
    {
        if (_transaction is { } taken)
            await taken.DisposeAsync();
        _transaction = null;
        return true;
    });

    /// <summary>The rows of every table.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountAsync(CancellationToken cancellationToken) => TableCounts.ReadAsync(Target, _connection, cancellationToken);

    /// <summary>The newest migration that was applied; null when there is no table of them.</summary>
    public async Task<string?> ReadLastMigrationAsync(CancellationToken cancellationToken) => await Target.NamedAsync(async () =>
    {
        await using var exists = new NpgsqlCommand("""SELECT to_regclass('"__EFMigrationsHistory"') IS NOT NULL""", _connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
            return null;
        // Whatever its column is called.
        await using var command = new NpgsqlCommand("""SELECT max(id) FROM "__EFMigrationsHistory" AS history (id)""", _connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    });

    /// <summary>The rows of a query.</summary>
    public async Task<List<T>> ReadAsync<T>(string query, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => await Target.NamedAsync(async () =>
    {
        var rows = new List<T>();
        await using var command = new NpgsqlCommand(query, _connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(read(reader));
        return rows;
    });

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken) => await Target.NamedAsync(async () =>
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });
}
