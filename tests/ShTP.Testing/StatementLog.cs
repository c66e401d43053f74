using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace ShTP.Testing;

/// <summary>Keeps what EF sends to the database, so that a test can ask for its plan.</summary>
public sealed class StatementLog : DbCommandInterceptor
{
    public ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> Statements { get; } = new();

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Statements.Enqueue((command.CommandText, [.. command.Parameters.Cast<NpgsqlParameter>().Select(parameter => parameter.Clone())]));
        return ValueTask.FromResult(result);
    }

    /// <summary>How the database would run a statement, or the first of several; nothing for inserts, which read nothing.</summary>
    public static async Task<string> ExplainAsync(string connectionString, (string Sql, NpgsqlParameter[] Parameters) statement) =>
        IsInsert(statement.Sql) ? "" : string.Join('\n', await ExplainAsync(connectionString, statement, "EXPLAIN"));

    /// <summary>How many blocks (of 8 KiB) of tables and indexes the database reads for a statement, or the first of several. It is run, and rolled back.</summary>
    public static async Task<long> CountBlocksAsync(string connectionString, (string Sql, NpgsqlParameter[] Parameters) statement)
    {
        if (IsInsert(statement.Sql))
            return 0;
        using var plan = JsonDocument.Parse(string.Concat(await ExplainAsync(connectionString, statement, "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)")));
        var whole = plan.RootElement[0].GetProperty("Plan");
        return whole.GetProperty("Shared Hit Blocks").GetInt64() + whole.GetProperty("Shared Read Blocks").GetInt64();
    }

    private static bool IsInsert(string sql) => sql.TrimStart().StartsWith("INSERT", StringComparison.Ordinal);

    private static async Task<List<string>> ExplainAsync(string connectionString, (string Sql, NpgsqlParameter[] Parameters) statement, string how)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"{how} {statement.Sql.Split(";\n")[0]}", connection, transaction);
        foreach (var parameter in statement.Parameters.Where(parameter => Regex.IsMatch(command.CommandText, $@"@{parameter.ParameterName.TrimStart('@')}\b")))
            command.Parameters.Add(parameter.Clone());
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return lines;
    }
}
