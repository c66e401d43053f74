namespace ShTP.Import.OldDatabase;

/// <summary>A table with the actual names of table and columns.</summary>
/// <param name="Table">The expected table.</param>
/// <param name="Source">Quoted, for SQL.</param>
/// <param name="Query">Returns each row as a JSON object with the expected names, oldest first.</param>
internal sealed record MatchedTable(OldTable Table, string Source, string Query);

/// <summary>Finds the expected tables and columns in the old database, before rows are read.</summary>
internal static class SchemaInspection
{
    private const string Columns =
        """
        SELECT table_schema::text || E'\n' || table_name::text || E'\n' || column_name::text FROM information_schema.columns
        WHERE table_schema = ANY (current_schemas(false)) ORDER BY array_position(current_schemas(false), table_schema::name), table_name, column_name
        """;

    /// <summary>The tables by their expected names, or everything that is missing.</summary>
    public static async Task<(IReadOnlyDictionary<string, MatchedTable> Tables, IReadOnlyList<string> Faults)> MatchAsync(
        Snapshot old, ImportOptions options, CancellationToken cancellationToken)
    {
        var actual = new List<(string Schema, string Table, string Column)>();
        await foreach (var line in old.ReadAsync(Columns, cancellationToken))
        {
            var parts = line.Split('\n');
            actual.Add((parts[0], parts[1], parts[2]));
        }

        var faults = new List<string>();
        var tables = new Dictionary<string, MatchedTable>();
        foreach (var table in OldTables.All)
        {
            var name = options.Tables.GetValueOrDefault(table.Name, table.Name);
            // The first schema of the search path that has the table.
            var schema = actual.FirstOrDefault(column => column.Table == name).Schema;
            if (schema is null)
            {
                faults.Add($"there is no table {name} (another name: Import:Tables:{table.Name}=NAME)");
                continue;
            }

            var present = actual.Where(column => column.Schema == schema && column.Table == name).Select(column => column.Column).ToHashSet();
            tables[table.Name] = Match(table, Quote(schema) + "." + Quote(name), present, options.Columns.GetValueOrDefault(table.Name) ?? [], faults);
        }

        return (tables, faults);
    }

    private static MatchedTable Match(OldTable table, string source, HashSet<string> present, Dictionary<string, string> mapping, List<string> faults)
    {
        var columns = new List<string>();
        var order = new List<string>();
        foreach (var expected in table.AllColumns)
        {
            // Expected names are in snake case; camel case is accepted, too.
            string[] names = mapping.TryGetValue(expected, out var mapped) ? [mapped] : [expected, CamelCase(expected)];
            if (mapped is "")
                continue;
            if (names.FirstOrDefault(present.Contains) is not { } actual)
            {
                faults.Add($"the table {table.Name} has no column {string.Join(" or ", names.Distinct())} (another name: Import:Columns:{table.Name}:{expected}=NAME{(table.Optional.Contains(expected) ? "; none: an empty NAME" : "")})");
                continue;
            }

            columns.Add($"{Quote(actual)} AS {Quote(expected)}");
            if (expected == OldTable.CreatedAt)
                order.Insert(0, $"r.{Quote(expected)} NULLS FIRST");
            if (expected == OldTable.Key)
                order.Add($"r.{Quote(expected)}");
        }

        // json and not jsonb: the content of a json column is copied unchanged, and can break only its own row.
        return new MatchedTable(table, source, $"SELECT row_to_json(r)::text FROM (SELECT {string.Join(", ", columns)} FROM {source}) AS r ORDER BY {string.Join(", ", order)}");
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string CamelCase(string name) => string.Concat(name.Split('_').Select((word, i) => i == 0 || word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
