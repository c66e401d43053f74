using ShTP.Achievements.V1;
using ShTP.Assignments.V1;
using ShTP.Events.V1;
using ShTP.Notifications.V1;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Data.Outbox;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Users.Profiles;

/// <summary>Deletes users. Auth is called before, the other services are notified by the outbox.</summary>
internal sealed class DeleteUser(UsersDb db, RightsNews news, TimeProvider clock)
{
    /// <exception cref="Grpc.Core.RpcException">As documented for DeleteUser in users.proto.</exception>
    public Task DeleteAsync(Guid id, CurrentUser caller, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.LockAdminsAsync(cancellation);
        if (await db.LockUserAsync(id, cancellation) is not { } user)
            return false;
        Permissions.RequireMayManage(caller, user);
        await db.RequireAnotherAdminAsync(user, cancellation);
        db.Users.Remove(user);
        db.DeletedUsers.Add(new DeletedUser { Id = id, DeletedAt = clock.Now() });
        db.EnqueueForgetting(user);
        SetAvatar.EnqueueForgetting(db, id);
        EnqueueForgetting(id);
        await db.SaveChangesAsync(cancellation);
        // Last, after all checks that can refuse the deletion.
        await news.TellDeletionAsync(id, cancellation);
        return true;
    }, cancellationToken);

    // One key per service, so that an unavailable one does not delay the others.
    private void EnqueueForgetting(Guid id)
    {
        var user = id.ToString();
        db.Enqueue(AchievementsInternal.Descriptor, nameof(AchievementsInternal.AchievementsInternalBase.DeleteUser),
            new ShTP.Achievements.V1.DeleteUserRequest { UserId = user }, $"achievements:{user}");
        db.Enqueue(EventsInternal.Descriptor, nameof(EventsInternal.EventsInternalBase.DeleteUser),
            new ShTP.Events.V1.DeleteUserRequest { UserId = user }, $"events:{user}");
        db.Enqueue(NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.DeleteUser),
            new ShTP.Notifications.V1.DeleteUserRequest { UserId = user }, $"notifications:{user}");
        db.Enqueue(AssignmentsInternal.Descriptor, nameof(AssignmentsInternal.AssignmentsInternalBase.DeleteUser),
            new ShTP.Assignments.V1.DeleteUserRequest { UserId = user }, $"assignments:{user}");
    }
}
