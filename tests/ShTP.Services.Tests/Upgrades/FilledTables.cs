using System.Globalization;
using System.Text.Json;
using Npgsql;
using Xunit;

namespace ShTP.Services.Tests.Upgrades;

/// <summary>Writes one row into every table of a database, with a value in each column, and reads all rows.</summary>
internal sealed class FilledTables(string connectionString)
{
    private const string Someone = "'5f0c2a52-6f0e-4c43-9d5c-0d6c5a3f1b01'::uuid";

    /// <summary>The tables with their rows, each a JSON object by names of columns.</summary>
    public async Task<Dictionary<string, List<Dictionary<string, JsonElement>>>> ReadAsync()
    {
        var rows = new Dictionary<string, List<Dictionary<string, JsonElement>>>();
        foreach (var table in await TablesAsync())
            rows[table] = [.. (await ListAsync($"SELECT row_to_json(t)::text FROM \"{table}\" t")).Select(row => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(row)!)];
        return rows;
    }

    /// <param name="values">SQL of columns whose values depend on each other, by "table.column".</param>
    public async Task FillAsync(IReadOnlyDictionary<string, string> values)
    {
        var filled = new HashSet<string>();
        var tables = await TablesAsync();
        while (filled.Count < tables.Count)
        {
            var next = tables.Except(filled).ToList();
            var ready = new List<string>();
            foreach (var table in next)
            {
                if ((await ListAsync($"SELECT DISTINCT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid = '\"{table}\"'::regclass")).All(other => filled.Contains(other)))
                    ready.Add(table);
            }

            Assert.True(ready.Count > 0, $"References of {string.Join(", ", next)} form a circle.");
            foreach (var table in ready)
            {
                // Some have their row from the migration.
                if ((await ListAsync($"SELECT 'filled' FROM \"{table}\" LIMIT 1")).Count == 0)
                    await InsertAsync(table, values);
                filled.Add(table);
            }
        }
    }

    private async Task InsertAsync(string table, IReadOnlyDictionary<string, string> values)
    {
        var columns = new List<string>();
        var sql = new List<string>();
        foreach (var column in await ListAsync(
            $"""
            SELECT a.attname || ' ' || t.typname || ' ' || CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 ELSE 100 END
                || ' ' || coalesce((SELECT format('(SELECT %I FROM %s)', f.attname, c.confrelid::regclass) FROM pg_constraint c
                    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS k(own, other) JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.other
                    WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND k.own = a.attnum LIMIT 1), '')
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = '"{table}"'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity <> 'a' AND a.attgenerated = ''
            """))
        {
            var parts = column.Split(' ', 4);
            columns.Add($"\"{parts[0]}\"");
            sql.Add(values.TryGetValue($"{table}.{parts[0]}", out var given) ? given
                : parts[3].Length > 0 ? parts[3]
                : Value(parts[0], parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture)));
        }

        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand($"INSERT INTO \"{table}\" ({string.Join(", ", columns)}) VALUES ({string.Join(", ", sql)})");
        Assert.Equal(1, await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    private static string Value(string column, string type, int length) => type switch
    {
        "uuid" => Someone,
        "int2" or "int4" or "int8" => "1",
        "bool" => "false",
        "float8" => "0.5",
        "varchar" or "text" => $"left('{column} of the first version', {length})",
        "timestamptz" => "'2026-09-01T08:00:00Z'",
        "bytea" => "decode(repeat('ab', 32), 'hex')",
        "jsonb" => "'[]'",
        "_uuid" => $"ARRAY[{Someone}]",
        "_text" => "ARRAY['int']",
        "_int4" => "ARRAY[1]",
        _ => throw new NotSupportedException($"There is no value for {column} of type {type}."),
    };

    private Task<List<string>> TablesAsync() => ListAsync(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '__EFMigrationsHistory' ORDER BY table_name");

    private async Task<List<string>> ListAsync(string query)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var values = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            values.Add(reader.GetString(0));
        return values;
    }
}
