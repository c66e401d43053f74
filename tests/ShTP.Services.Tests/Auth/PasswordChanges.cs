using ShTP.Auth.V1;

namespace ShTP.Services.Tests.Auth;

internal static class PasswordChanges
{
    /// <summary>Changes a password as Users does.</summary>
    public static async Task ChangePasswordAsync(this AuthInternal.AuthInternalClient auth, Guid user, string current, string replacement, Guid keep)
    {
        var prepared = await auth.PreparePasswordChangeAsync(new PreparePasswordChangeRequest { UserId = user.ToString(), CurrentPassword = current, NewPassword = replacement });
        await auth.ChangePasswordAsync(new ChangePasswordRequest { UserId = user.ToString(), Password = prepared.Password, KeepSessionId = keep.ToString() });
    }
}
