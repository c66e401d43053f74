using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Api.V1;
using ShTP.Auth.Accounts;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Localization;
using ShTP.Rpc.Errors;

namespace ShTP.Auth.Login;

/// <summary>Checks credentials and opens a session.</summary>
internal sealed class SessionOpening(AuthDb db, SignIn signIn, PasswordHashes hashes, Identities identities, TokenIssuer tokens, IOptions<AuthOptions> options, TimeProvider time)
{
    public const string NoLogin = "No login";

    /// <summary>What is said to whoever signs in with a password for one sign-in and gives no new one.</summary>
    public static readonly LocalizedText MustChange = "The password is for one sign-in: choose a new one at /sign-in, or send newPassword";

    private const int MaxAttempts = 3;

    /// <summary>
    /// Stores a session for a correct pair of e-mail and password. When password or rights change concurrently,
    /// everything is checked again. The previous session of the same browser ends.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// As <see cref="SignIn.CheckPairAsync"/>; PERMISSION_DENIED: the user was deleted while signing in, or the password must be
    /// replaced and <paramref name="newPassword"/> is null; INVALID_ARGUMENT: that is no other password, or there is nothing to replace.
    /// </exception>
    public async Task<OpenedSession> OpenAsync(string email, string password, string? newPassword, ClientOfSession client, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var credentials = await signIn.CheckPairAsync(email, password, client, cancellationToken);
            var replacement = await ReplaceAsync(credentials, password, newPassword, cancellationToken);
            var role = await identities.FindRoleAsync(credentials.UserId, cancellationToken) ?? throw RpcErrors.Denied(NoLogin);
            var session = Create(credentials.UserId, client);
            if (await TryStoreAsync(session, role, credentials, replacement, client, cancellationToken))
                return new OpenedSession(session, role, credentials.RightsVersion);
        }

        throw RpcErrors.Aborted("Your password or your rights were changed meanwhile, try again");
    }

    /// <summary>The hash that takes the place of a password for one sign-in; null where there is nothing to replace.</summary>
    private async Task<string?> ReplaceAsync(Credentials credentials, string password, string? newPassword, CancellationToken cancellationToken)
    {
        if (!credentials.MustChange)
            return newPassword is null ? null : throw RpcErrors.InvalidField("newPassword", "only a password for one sign-in is replaced here");
        if (newPassword is null)
            throw RpcErrors.Denied(MustChange);
        if (newPassword.Length is < PasswordHashes.MinLength or > PasswordHashes.MaxLength)
            throw RpcErrors.InvalidField("newPassword", $"must have {PasswordHashes.MinLength} to {PasswordHashes.MaxLength} characters");
        if (newPassword == password)
            throw RpcErrors.InvalidField("newPassword", "must be another one");
        return await hashes.HashAsync(newPassword, cancellationToken);
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

    private async Task<bool> TryStoreAsync(
        Session session, Role role, Credentials checkedOnes, string? replacement, ClientOfSession client, CancellationToken cancellationToken)
    {
        var stored = await db.AddInTransactionAsync(
            async token => await db.Sessions.AnyAsync(known => known.Id == session.Id, token) ? new StoredOrNot(true) : null,
            async token =>
            {
                // A change of password or rights updates this row first and ends sessions afterwards, so one of the two waits for the other.
                var locked = replacement is null
                    ? db.Credentials.FromSql($"SELECT * FROM credentials WHERE user_id = {session.UserId} FOR SHARE").AsNoTracking()
                    : db.Credentials.FromSql($"SELECT * FROM credentials WHERE user_id = {session.UserId} FOR NO KEY UPDATE");
                var current = await locked.SingleOrDefaultAsync(token) ?? throw RpcErrors.Denied(NoLogin);
                if (current.PasswordHash != checkedOnes.PasswordHash || current.RightsVersion != checkedOnes.RightsVersion)
                    return new StoredOrNot(false);
                if (replacement is not null)
                    (current.PasswordHash, current.MustChange) = (replacement, false);
                db.Sessions.Add(session);
                db.Record(AuditOf(session, role, client, isReplaced: replacement is not null));
                await db.SaveChangesAsync(token);
                if (client.Former is { } former)
                    await db.EndSessionsAsync(former.UserId, only: former.Id, except: null, time.GetUtcNow(), tokens.Memory, token);
                return new StoredOrNot(true);
            },
            cancellationToken);
        return stored.IsStored;
    }

    private static AuditFact AuditOf(Session session, Role role, ClientOfSession client, bool isReplaced) => new(SignIn.Action)
    {
        ActorId = session.UserId,
        ActorRole = role,
        SubjectIds = [session.UserId],
        ObjectKind = nameof(Session),
        ObjectId = session.Id.ToString(),
        After = isReplaced ? new() { ["passwordReplaced"] = true } : null,
        Address = client.Address,
    };

    private sealed record StoredOrNot(bool IsStored);
}

/// <summary>The client of a sign-in.</summary>
/// <param name="UserAgent">In the form that a session stores.</param>
/// <param name="Address">The client's address.</param>
/// <param name="Former">The previous session of the client or browser.</param>
/// <param name="Browser">The browser, when it keeps a cookie.</param>
internal sealed record ClientOfSession(string UserAgent, string Address, FormerSession? Former, KnownBrowser? Browser = null);

/// <summary>A browser, and who signed in there last.</summary>
internal sealed record KnownBrowser(Guid Id, IReadOnlyList<Guid> Users);

/// <summary>The previous session of the browser, of any user.</summary>
internal sealed record FormerSession(Guid Id, Guid UserId);

/// <summary>A session with the claims of its first tokens.</summary>
internal sealed record OpenedSession(Session Session, Role Role, long RightsVersion);
