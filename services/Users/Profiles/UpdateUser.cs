using ShTP.Auth.V1;
using ShTP.Data.Audit;
using ShTP.Localization;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Rpc.Errors;
using ShTP.Users.V1;

namespace ShTP.Users.Profiles;

/// <summary>Changes a profile, and a password in Auth: both or neither.</summary>
internal sealed class UpdateUser(UsersDb db, AuthInternal.AuthInternalClient auth, RightsNews news, TimeProvider clock)
{
    /// <exception cref="Grpc.Core.RpcException">As documented for UpdateUser in users.proto.</exception>
    public async Task<UpdateUserResponse> UpdateAsync(UpdateUserRequest request, CurrentUser caller, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = request.Uuid.Length > 0 ? checks.Uuid(request.Uuid, "uuid") : caller.Id;
        var isByStaff = caller.IsStaff && request.Admin is not null;
        if (id != caller.Id && !isByStaff)
            checks.Add("uuid", caller.IsStaff ? "of somebody else only what is in 'admin' can be changed, together with the rest" : "only staff change somebody else");
        var profile = new ProfileEdit(request, checks);
        var staff = isByStaff ? new StaffEdit(request.Admin!, caller, checks) : null;
        CheckPassword(request.Password, id == caller.Id, checks);
        checks.ThrowIfInvalid();
        if (profile.IsEmpty && staff is null or { IsEmpty: true } && request.Password is null)
            throw RpcErrors.Invalid("Nothing to update");

        // Slow by intention, so before anything is locked.
        var password = request.Password is null ? null : await PreparePasswordAsync(request.Password, caller, cancellationToken);
        var isPasswordChanged = false;
        return await db.InTransactionAsync(async cancellation =>
        {
            if (staff is { ChangesRole: true })
                await db.LockAdminsAsync(cancellation);
            var user = await db.LockUserAsync(id, cancellation) ?? throw NoSuchUser(id == caller.Id);
            var answer = new UpdateUserResponse();
            profile.Apply(user, answer);
            var expiry = staff is null ? null : await ApplyAsync(staff, user, answer, caller, cancellation);
            user.UpdatedAt = clock.Now();
            // What people write about themselves is their own affair, except for the password.
            if (staff is { IsEmpty: false } || id != caller.Id || password is not null)
                db.Record(id);
            else
                AuditCall.KeepNothing();
            await db.SaveUserAsync(cancellation);
            if (expiry is { } message)
                await news.TellExpiryAsync(id, message, cancellation);

            // After all other checks, and not again when the transaction is retried.
            if (password is not null && !isPasswordChanged)
            {
                await ChangePasswordAsync(password, caller, cancellation);
                isPasswordChanged = true;
            }

            return answer;
        }, cancellationToken);
    }

    private static void CheckPassword(PasswordChange? change, bool isOwn, FieldChecks checks)
    {
        if (change is null)
            return;
        if (!isOwn)
        {
            checks.Add("password", "only one's own can be changed");
            return;
        }

        if (change.NewPassword != change.ConfirmPassword)
            throw RpcErrors.Invalid("Confirmation password doesn't match");
        // Not a field violation: the Android client shows texts of 400 only.
        var faults = new FieldChecks();
        faults.Text(change.NewPassword, CreateUser.MinPasswordLength, CreateUser.MaxPasswordLength, "password.newPassword");
        if (faults.Faults is { } fault)
            throw RpcErrors.Invalid(LocalizedText.Verbatim(fault));
        // An unacceptable password needs no hashing.
        if (change.CurrentPassword.Length is 0 or > CreateUser.MaxPasswordLength)
            throw RpcErrors.Invalid("Invalid current password");
    }

    /// <summary>The message that notifies Auth of changed rights, or null when they stay.</summary>
    private async Task<Guid?> ApplyAsync(StaffEdit edit, User user, UpdateUserResponse answer, CurrentUser caller, CancellationToken cancellationToken)
    {
        Permissions.RequireMayManage(caller, user);
        if (edit.UnmakesAdmin)
            await db.RequireAnotherAdminAsync(user, cancellationToken);
        var roleBefore = user.EffectiveRole;
        edit.Apply(db, user, answer, caller.Id, clock.Now());
        user.RefreshSearchText();
        return user.EffectiveRole == roleBefore ? null : db.EnqueueExpiry(user);
    }

    private async Task<PreparedPassword> PreparePasswordAsync(PasswordChange change, CurrentUser caller, CancellationToken cancellationToken)
    {
        var request = new PreparePasswordChangeRequest { UserId = caller.Id.ToString(), CurrentPassword = change.CurrentPassword, NewPassword = change.NewPassword };
        return (await auth.PreparePasswordChangeAsync(request, cancellationToken: cancellationToken)).Password;
    }

    private async Task ChangePasswordAsync(PreparedPassword password, CurrentUser caller, CancellationToken cancellationToken) =>
        await auth.ChangePasswordAsync(new ChangePasswordRequest
        {
            UserId = caller.Id.ToString(),
            Password = password,
            KeepSessionId = caller.SessionId.ToString(),
        }, cancellationToken: cancellationToken);

    private static Grpc.Core.RpcException NoSuchUser(bool isCaller) =>
        isCaller ? RpcErrors.Denied("No login") : RpcErrors.NotFound("User with such uuid/nickname not found");
}
