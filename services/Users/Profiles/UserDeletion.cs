using ShTP.ServiceDefaults.Data;
using ShTP.ServiceDefaults.Access;

namespace ShTP.Users.Profiles;

/// <summary>Deletes users; the other services hear of it through the outbox.</summary>
public sealed class UserDeletion(UsersDb db)
{
    /// <exception cref="Grpc.Core.RpcException">As DeleteUser of users.proto says.</exception>
    public Task DeleteAsync(Guid id, CurrentUser caller, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.LockAdminsAsync(cancellation);
        if (await db.LockUserAsync(id, cancellation) is not { } user)
            return false;
        Permissions.RequireMayManage(caller, user);
        await db.RequireAnotherAdminAsync(user, cancellation);
        db.Users.Remove(user);
        db.EnqueueForgetting(user);
        AvatarChange.EnqueueForgetting(db, id);
        await db.SaveChangesAsync(cancellation);
        return true;
    }, cancellationToken);
}
