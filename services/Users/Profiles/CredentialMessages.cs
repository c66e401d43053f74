using System.Security.Cryptography;
using System.Text;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Data.Outbox;

namespace ShTP.Users.Profiles;

/// <summary>Messages to Auth, in order per e-mail: a released address can be taken again at once.</summary>
internal static class CredentialMessages
{
    /// <summary>Adds the user and enqueues the credentials; returns the id of that message.</summary>
    public static Guid AddWithCredentials(this UsersDb db, User user, string passwordHash)
    {
        db.Users.Add(user);
        var request = new SetCredentialsRequest
        {
            Credentials = { new Credentials { UserId = user.Id.ToString(), Email = user.Email, PasswordHash = passwordHash } },
        };
        return db.Enqueue(AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.SetCredentials), request, KeyOf(user.Email));
    }

    /// <summary>A password for one sign-in; all sessions of the user end.</summary>
    public static Guid EnqueueOneTimePassword(this UsersDb db, User user, string passwordHash)
    {
        var request = new SetCredentialsRequest
        {
            Credentials = { new Credentials { UserId = user.Id.ToString(), Email = user.Email, PasswordHash = passwordHash, MustChange = true } },
        };
        return db.Enqueue(AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.SetCredentials), request, KeyOf(user.Email));
    }

    /// <summary>Another e-mail. In order with the messages about the one before, which another account can take now.</summary>
    public static Guid EnqueueEmail(this UsersDb db, User user, string email) => db.Enqueue(
        AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.ChangeEmail), new ChangeEmailRequest { UserId = user.Id.ToString(), Email = email }, KeyOf(user.Email));

    public static void EnqueueForgetting(this UsersDb db, User user) => db.Enqueue(
        AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.DeleteUser), new DeleteUserRequest { UserId = user.Id.ToString() }, KeyOf(user.Email));

    /// <summary>The role changed, so the role in the user's tokens is out of date. Returns the id of the message.</summary>
    public static Guid EnqueueExpiry(this UsersDb db, User user) => db.Enqueue(
        AuthInternal.Descriptor, nameof(AuthInternal.AuthInternalBase.ExpireAccessTokens), new ExpireAccessTokensRequest { UserId = user.Id.ToString() }, KeyOf(user.Email));

    // Hashed, because an address can be longer than a key.
    private static string KeyOf(string email) => $"email:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(email)))}";
}
