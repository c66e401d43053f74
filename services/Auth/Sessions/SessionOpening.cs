using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Api.V1;
using ShTP.Auth.Data;
using ShTP.Auth.Login;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Sessions;

/// <summary>Checks credentials and opens a session.</summary>
internal sealed class SessionOpening(AuthDb db, SignIn signIn, Identities identities, TokenIssuer tokens, IOptions<AuthOptions> options, TimeProvider time)
{
    public const string NoLogin = "No login";

    private const int MaxAttempts = 3;

    /// <summary>
    /// Stores a session for a correct pair of e-mail and password. When password or rights change concurrently,
    /// everything is checked again. The previous session of the same browser ends.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">As <see cref="SignIn.CheckPairAsync"/>; PERMISSION_DENIED: the user was deleted while signing in.</exception>
    public async Task<OpenedSession> OpenAsync(string email, string password, ClientOfSession client, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var credentials = await signIn.CheckPairAsync(email, password, client.Address, cancellationToken);
            var role = await identities.FindRoleAsync(credentials.UserId, cancellationToken) ?? throw RpcErrors.Denied(NoLogin);
            var session = Create(credentials.UserId, client);
            if (await TryStoreAsync(session, credentials, client.Former, cancellationToken))
                return new OpenedSession(session, role, credentials.RightsVersion);
        }

        throw RpcErrors.Aborted("Your password or your rights were changed meanwhile, try again");
    }

    private Session Create(Guid user, ClientOfSession client)
    {
        var now = time.GetUtcNow();
        return new Session
        {
            Id = Guid.CreateVersion7(now),
            UserId = user,
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + options.Value.RefreshTokenLifetime,
            RefreshTokenId = Guid.NewGuid(),
            UserAgent = client.UserAgent,
            Address = client.Address,
        };
    }

    private async Task<bool> TryStoreAsync(Session session, Credentials checkedOnes, FormerSession? former, CancellationToken cancellationToken)
    {
        var stored = await db.AddInTransactionAsync(
            async token => await db.Sessions.AnyAsync(known => known.Id == session.Id, token) ? new StoredOrNot(true) : null,
            async token =>
            {
                // A change of password or rights updates this row first and ends sessions afterwards, so one of the two waits for the other.
                var current = await db.Credentials.FromSql($"SELECT * FROM credentials WHERE user_id = {session.UserId} FOR SHARE").AsNoTracking().SingleOrDefaultAsync(token)
                    ?? throw RpcErrors.Denied(NoLogin);
                if (current.PasswordHash != checkedOnes.PasswordHash || current.RightsVersion != checkedOnes.RightsVersion)
                    return new StoredOrNot(false);
                db.Sessions.Add(session);
                await db.SaveChangesAsync(token);
                if (former is not null)
                    await db.EndSessionsAsync(former.UserId, only: former.Id, except: null, time.GetUtcNow(), tokens.Memory, token);
                return new StoredOrNot(true);
            },
            cancellationToken);
        return stored.IsStored;
    }

    private sealed record StoredOrNot(bool IsStored);
}

/// <summary>The client of a sign-in.</summary>
/// <param name="UserAgent">In the form that a session stores.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Former">The previous session of the client or browser.</param>
internal sealed record ClientOfSession(string UserAgent, string Address, FormerSession? Former);

/// <summary>The previous session of the browser, of any user.</summary>
internal sealed record FormerSession(Guid Id, Guid UserId);

/// <summary>A session with the claims of its first tokens.</summary>
internal sealed record OpenedSession(Session Session, Role Role, long RightsVersion);
