using Grpc.Core;
using ShTP.Auth.V1;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Users.Profiles;

/// <summary>
/// Tells Auth of rights that are about to change, inside the transaction that changes them: when the change is answered,
/// no token says otherwise any more, and what Auth cannot be told of does not happen. Whoever asks for the user's role
/// meanwhile waits for the end of the transaction: see GetIdentity.
/// </summary>
public sealed class RightsNews(AuthInternal.AuthInternalClient auth)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The role changes. The outbox delivers the same message once more, which then has no effect.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: Auth cannot be told.</exception>
    public Task TellExpiryAsync(Guid user, Guid message, CancellationToken cancellationToken) => TellAsync(
        token => auth.ExpireAccessTokensAsync(
            new ExpireAccessTokensRequest { UserId = user.ToString() },
            new Metadata { { OutboxExtensions.MessageIdHeader, message.ToString("D") } },
            DateTime.UtcNow + Limit,
            token).ResponseAsync,
        cancellationToken);

    /// <summary>The user is deleted. Auth forgets the user later, by the outbox: credentials that are gone do not come back when the change fails.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: Auth cannot be told.</exception>
    public Task TellDeletionAsync(Guid user, CancellationToken cancellationToken) => TellAsync(
        token => auth.RevokeUserAsync(new RevokeUserRequest { UserId = user.ToString() }, deadline: DateTime.UtcNow + Limit, cancellationToken: token).ResponseAsync,
        cancellationToken);

    private static async Task TellAsync(Func<CancellationToken, Task> tell, CancellationToken cancellationToken)
    {
        try
        {
            await tell(cancellationToken);
        }
        catch (RpcException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RpcErrors.Unavailable("auth cannot be told of the change at the moment, so nothing was changed; try again later");
        }
    }
}
