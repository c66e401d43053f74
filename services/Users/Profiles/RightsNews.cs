using Grpc.Core;
using ShTP.Auth.V1;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Users.Profiles;

/// <summary>
/// Notifies Auth inside the transaction that takes rights or changes what somebody signs in with: when the change is
/// committed, no token from before is accepted, and when Auth does not respond, nothing is changed. A concurrent
/// GetIdentity waits for the end of the transaction.
/// </summary>
internal sealed class RightsNews(AuthInternal.AuthInternalClient auth)
{
    // Of the students of a group; Auth has other callers meanwhile.
    private const int Concurrency = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Notifies Auth of a new role. The outbox delivers the same message again, which then has no effect.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: Auth does not respond.</exception>
    public Task TellExpiryAsync(Guid user, Guid message, CancellationToken cancellationToken) => TellAsync(
        token => auth.ExpireAccessTokensAsync(
            new ExpireAccessTokensRequest { UserId = user.ToString() },
            new Metadata { { OutboxExtensions.MessageIdHeader, message.ToString("D") } },
            DateTime.UtcNow + Limit,
            token).ResponseAsync,
        cancellationToken);

    /// <summary>
    /// Ends the sessions of a user who is deleted, or whose password or e-mail is replaced. Auth deletes or replaces the
    /// credentials later, by the outbox, because a rollback could not restore them. A replacement ends what was opened until then.
    /// </summary>
    /// <exception cref="RpcException">UNAVAILABLE: Auth does not respond.</exception>
    public Task TellEndOfSessionsAsync(Guid user, CancellationToken cancellationToken) => TellAsync(
        token => auth.RevokeUserAsync(new RevokeUserRequest { UserId = user.ToString() }, deadline: DateTime.UtcNow + Limit, cancellationToken: token).ResponseAsync,
        cancellationToken);

    /// <summary>The same for several users. When it fails, some of them may have lost their sessions.</summary>
    /// <exception cref="RpcException">UNAVAILABLE: Auth does not respond.</exception>
    public Task TellEndOfSessionsAsync(IEnumerable<Guid> users, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        users, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken }, async (user, token) => await TellEndOfSessionsAsync(user, token));

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
