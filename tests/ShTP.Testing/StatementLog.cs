using System.Collections.Concurrent;
using System.Data.Common;
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
    public static async Task<string> ExplainAsync(string connectionString, (string Sql, NpgsqlParameter[] Parameters) statement)
    {
        if (statement.Sql.TrimStart().StartsWith("INSERT", StringComparison.Ordinal))
            return "";
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("EXPLAIN " + statement.Sql.Split(";\n")[0], connection);
        foreach (var parameter in statement.Parameters.Where(parameter => Regex.IsMatch(command.CommandText, $@"@{parameter.ParameterName.TrimStart('@')}\b")))
            command.Parameters.Add(parameter);
        var lines = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }
}
