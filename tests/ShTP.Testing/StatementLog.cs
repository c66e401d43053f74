using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace ShTP.Services.Tests.Users;

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
}
