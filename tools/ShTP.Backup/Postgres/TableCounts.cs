using Npgsql;

namespace ShTP.Backup.Postgres;

/// <summary>How many rows the tables of a database have.</summary>
internal static class TableCounts
{
    private const string Tables =
        """
        SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' ORDER BY 1
        """;

    /// <summary>By the name of the table with its schema, as the transaction of the connection sees them.</summary>
    /// <exception cref="BackupException">The database cannot be read.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> ReadAsync(Target target, NpgsqlConnection connection, CancellationToken cancellationToken) => await target.NamedAsync(async () =>
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await using (var names = new NpgsqlCommand(Tables, connection))
        await using (var reader = await names.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                counts[reader.GetString(0)] = 0;
        }

        foreach (var table in counts.Keys.ToList())
        {
            // The server has quoted the name.
            await using var count = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
            counts[table] = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        }

        return (IReadOnlyDictionary<string, long>)counts;
    });
}
