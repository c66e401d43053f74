using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL;

namespace ShTP.Data;

/// <summary>Tries again what passes by itself. A full disk does not: it only takes the time in which the caller could be told.</summary>
internal sealed class TransientRetries(ExecutionStrategyDependencies dependencies, int maxRetries, TimeSpan maxDelay)
    : NpgsqlRetryingExecutionStrategy(dependencies, maxRetries, maxDelay, errorCodesToAdd: null)
{
    protected override bool ShouldRetryOn(Exception? exception) =>
        exception is not PostgresException { SqlState: PostgresErrorCodes.DiskFull } && base.ShouldRetryOn(exception);
}
