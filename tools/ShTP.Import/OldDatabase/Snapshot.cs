using System.Data;
using Npgsql;

namespace ShTP.Import.OldDatabase;

/// <summary>
/// A read-only snapshot of the old database at the start of the run, which may be in use. Tables are read through
/// cursors, so neither side holds a whole table in memory.
/// </summary>
internal sealed class Snapshot : IAsyncDisposable
{
    private const int RowsPerFetch = 500;
    private const int SecondsPerFetch = 600;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private Snapshot(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connection = connection;
        _transaction = transaction;
    }

    public static async Task<Snapshot> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = SecondsPerFetch, ApplicationName = "ShTP import", Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var snapshot = new Snapshot(connection, transaction);
            // A service may take longer with a batch than the old database waits for idle transactions.
            await snapshot.ExecuteAsync("SET TRANSACTION READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0", cancellationToken);
            return snapshot;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>All rows of a query with a single text column.</summary>
    public async IAsyncEnumerable<string> ReadAsync(string query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ExecuteAsync($"DECLARE rows NO SCROLL CURSOR FOR {query}", cancellationToken);
        List<string> page;
        do
        {
            page = [];
            await using (var fetch = new NpgsqlCommand($"FETCH {RowsPerFetch} FROM rows", _connection, _transaction))
            await using (var reader = await fetch.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    page.Add(reader.GetString(0));
            }

            foreach (var row in page)
                yield return row;
        }
        while (page.Count == RowsPerFetch);
        await ExecuteAsync("CLOSE rows", cancellationToken);
    }

    public async Task<long> CountAsync(string table, CancellationToken cancellationToken)
    {
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {table}", _connection, _transaction);
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection, _transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
