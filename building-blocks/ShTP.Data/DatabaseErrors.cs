using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ShTP.Rpc.Errors;

namespace ShTP.Data;

/// <summary>Maps database errors to error texts without names of tables, columns or values.</summary>
public static class DatabaseErrors
{
    // When there is room cannot be predicted. An operator has to make it, so more calls than one a minute find nothing out.
    private static readonly TimeSpan RetryWhenFull = TimeSpan.FromMinutes(1);

    /// <summary>
    /// True where a reference is in the way. PostgreSQL 18 has a code of its own for a reference that restricts a deletion
    /// (RESTRICT); before, it was the one for every reference.
    /// </summary>
    public static bool IsReferenceViolation(this PostgresException fault) =>
        fault.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation;

    /// <summary>The status for an exception of EF Core or Npgsql, or null for a fault of the code.</summary>
    internal static RpcException? Translate(Exception fault)
    {
        if (fault is DbUpdateConcurrencyException)
            return RpcErrors.Aborted("It was changed by somebody else meanwhile; try again");
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case PostgresException { SqlState: PostgresErrorCodes.UniqueViolation }:
                    return RpcErrors.Conflict("It exists already or is taken");
                case PostgresException refused when refused.IsReferenceViolation():
                    return RpcErrors.WrongState("It refers to something that does not exist, or is in use");
                case PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }:
                    return RpcErrors.DeadlineExceeded("The database took too long");
                case PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected }:
                    return RpcErrors.Aborted("It was changed by somebody else meanwhile; try again");
                case PostgresException { SqlState: PostgresErrorCodes.DiskFull }:
                    return RpcErrors.Unavailable("The database is full, nothing can be changed until an administrator has made room", RetryWhenFull);
                case NpgsqlException { IsTransient: true }:
                    return RpcErrors.Unavailable("The database is not available");
            }
        }

        return null;
    }
}
