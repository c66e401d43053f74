using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Profiles;

/// <summary>Ensures that there is always an admin.</summary>
internal static class AdminCount
{
    /// <summary>Serializes changes of the number of admins; locked before rows of users.</summary>
    public static Task LockAdminsAsync(this UsersDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.AdminCount})", cancellationToken);

    /// <summary>Must be called under the lock.</summary>
    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: <paramref name="user"/> is the last one.</exception>
    public static async Task RequireAnotherAdminAsync(this UsersDb db, User user, CancellationToken cancellationToken)
    {
        if (user.Role == Role.Admin && !await db.Users.AnyAsync(u => u.Role == Role.Admin && u.Id != user.Id, cancellationToken))
            throw RpcErrors.WrongState("The last admin can be neither deleted nor made something else");
    }
}
