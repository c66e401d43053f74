using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;

namespace ShTP.Users.Profiles;

/// <summary>Shows and changes what people sign in with: their own, and for staff those of whom they manage.</summary>
internal sealed class ChangeEmail(UsersDb db, AuthInternal.AuthInternalClient auth, RightsNews news, OutboxDeliveries deliveries, TimeProvider clock)
{
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(3);

    /// <exception cref="Grpc.Core.RpcException">As GetEmail of users.proto says.</exception>
    public async Task<string> FindAsync(Guid id, CurrentUser caller, CancellationToken cancellationToken)
    {
        RequireMayLook(id, caller);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken) ?? throw NoSuchUser();
        if (id != caller.Id)
            Permissions.RequireMayManage(caller, user);
        return user.Email;
    }

    /// <exception cref="Grpc.Core.RpcException">As ChangeEmail of users.proto says.</exception>
    public async Task<string> ChangeAsync(V1.ChangeEmailRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        var isOwn = id == caller.Id;
        var email = checks.Email(request.Email, "email");
        if (!isOwn && request.CurrentPassword.Length > 0)
            checks.Add("currentPassword", "is for one's own e-mail only");
        checks.ThrowIfInvalid();
        RequireMayLook(id, caller);
        if (isOwn)
            await auth.CheckPasswordAsync(new CheckPasswordRequest { UserId = id.ToString(), Password = request.CurrentPassword }, cancellationToken: cancellationToken);

        var spellings = EmailAddress.Spellings(request.Email);
        var message = await db.InTransactionAsync(async cancellation =>
        {
            var user = await db.LockUserAsync(id, cancellation) ?? throw NoSuchUser();
            if (!isOwn)
                Permissions.RequireMayManage(caller, user);
            if (user.Email == email)
            {
                AuditCall.KeepNothing();
                return (Guid?)null;
            }

            if (await db.Users.AnyAsync(u => u.Id != id && spellings.Contains(u.Email), cancellation))
                throw RpcErrors.Conflict(TakenKeys.EmailTaken);
            var change = db.EnqueueEmail(user, email);
            (user.Email, user.UpdatedAt) = (email, clock.Now());
            user.RefreshSearchText();
            db.Record(id);
            await db.SaveUserAsync(cancellation);
            await news.TellEndOfSessionsAsync(id, cancellation);
            return change;
        }, cancellationToken);
        if (message is { } waited)
            await deliveries.WaitAsync(waited, DeliveryLimit, cancellationToken);
        return email;
    }

    // Before it is looked up: whoever is no staff must not find out who there is.
    private static void RequireMayLook(Guid id, CurrentUser caller)
    {
        if (id != caller.Id && !caller.IsStaff)
            throw RpcErrors.Denied("Only staff see and change the e-mail of others");
    }

    private static Grpc.Core.RpcException NoSuchUser() => RpcErrors.NotFound("User with such uuid/nickname not found");
}
