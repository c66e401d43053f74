using Google.Protobuf;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Auth.V1;
using ShTP.Data.Audit;
using ShTP.Events.V1;
using ShTP.Files.V1;
using ShTP.Notifications.V1;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Data.Outbox;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Users.Profiles;

/// <summary>Deletes users. Auth is called before, the other services are notified by the outbox, twice.</summary>
internal sealed class DeleteUser(UsersDb db, RightsNews news, UsersOptions options, TimeProvider clock)
{
    /// <exception cref="Grpc.Core.RpcException">As documented for DeleteUser in users.proto.</exception>
    public Task DeleteAsync(Guid id, CurrentUser caller, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.LockAdminsAsync(cancellation);
        AuditCall.About(id);
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
        await news.TellEndOfSessionsAsync(id, cancellation);
        return true;
    }, cancellationToken);

    // One key per service, so that an unavailable one does not delay the others. Those to Auth and Files stay in order with other messages.
    private void EnqueueForgetting(Guid id)
    {
        var user = id.ToString();
        Enqueue(AchievementsInternal.Descriptor, nameof(AchievementsInternal.AchievementsInternalBase.DeleteUser), new DeleteUserRequest { UserId = user }, "achievements");
        Enqueue(EventsInternal.Descriptor, nameof(EventsInternal.EventsInternalBase.DeleteUser), new DeleteUserRequest { UserId = user }, "events");
        Enqueue(NotificationsInternal.Descriptor, nameof(NotificationsInternal.NotificationsInternalBase.DeleteUser), new DeleteUserRequest { UserId = user }, "notifications");
        Enqueue(AssignmentsInternal.Descriptor, nameof(AssignmentsInternal.AssignmentsInternalBase.DeleteUser), new DeleteUserRequest { UserId = user }, "assignments");
        EnqueueAgain(AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.DeleteUser), new DeleteUserRequest { UserId = user }, "auth");
        EnqueueAgain(FilesInternal.Descriptor, nameof(FilesInternal.FilesInternalBase.DeleteOwner), new DeleteOwnerRequest { OwnerId = user }, "files");

        void Enqueue(ServiceDescriptor service, string method, IMessage request, string area)
        {
            db.Enqueue(service, method, request, $"{area}:{user}");
            EnqueueAgain(service, method, request, area);
        }

        // A call that was let in before the deletion and held up may store something after the service forgot the user.
        void EnqueueAgain(ServiceDescriptor service, string method, IMessage request, string area) =>
            db.EnqueueLater(options.ForgetAgainAfter, service, method, request, $"{area}:{user}:again");
    }
}
