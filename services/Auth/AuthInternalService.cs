using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Auth.Accounts;
using ShTP.Auth.Login;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Streams;
using ShTP.ServiceDefaults;

namespace ShTP.Auth;

/// <summary>RPCs for other services; auth.proto documents each RPC.</summary>
internal sealed class AuthInternalService(
    AuthDb db, LocalRevocations revocations, PasswordHashes hashes, LoginThrottle throttle, CredentialsWriter writer, StreamTickets tickets, TokenIssuer tokens, TimeProvider time)
    : V1.AuthInternal.AuthInternalBase
{
    private const int MaxPasswords = 1000;

    public override async Task WatchRevocations(
        V1.WatchRevocationsRequest request, IServerStreamWriter<V1.WatchRevocationsResponse> responseStream, ServerCallContext context)
    {
        await foreach (var message in revocations.WatchAsync(context.CancellationToken))
            await responseStream.WriteAsync(message, context.CancellationToken);
    }

    public override async Task<V1.RedeemStreamTicketResponse> RedeemStreamTicket(V1.RedeemStreamTicketRequest request, ServerCallContext context) =>
        new() { AccessToken = await tickets.RedeemAsync(request.Ticket, context.CancellationToken) };

    public override async Task<V1.HashPasswordsResponse> HashPasswords(V1.HashPasswordsRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        if (request.Passwords.Count > MaxPasswords)
            checks.Add("passwords", $"must have at most {MaxPasswords} items");
        else
            for (var i = 0; i < request.Passwords.Count; i++)
                CheckNewPassword(checks, request.Passwords[i], $"passwords[{i}]");
        checks.ThrowIfInvalid();
        return new V1.HashPasswordsResponse { Hashes = { await hashes.HashAllAsync(request.Passwords, context.CancellationToken) } };
    }

    public override async Task<Empty> SetCredentials(V1.SetCredentialsRequest request, ServerCallContext context)
    {
        var credentials = CredentialsWriter.Read(request);
        await writer.ForgetGoneHoldersAsync(credentials, context.CancellationToken);
        await db.ApplyOnceAsync(context, token =>
        {
            db.Record(credentials.Select(wanted => wanted.UserId));
            return writer.WriteAsync(credentials, token);
        });
        return new Empty();
    }

    public override async Task<V1.PreparePasswordChangeResponse> PreparePasswordChange(V1.PreparePasswordChangeRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var user = checks.Uuid(request.UserId, "userId");
        CheckNewPassword(checks, request.NewPassword, "newPassword");
        checks.ThrowIfInvalid();

        var cancellationToken = context.CancellationToken;
        // When the answer to a change was lost before its record was stored (Idempotency), the client repeats it with a password that
        // is no longer the current one. The new one is, so it replaces itself.
        var (known, isCurrent) = await CheckCurrentAsync(user, request.CurrentPassword, request.NewPassword, cancellationToken);
        var hash = isCurrent ? await hashes.HashAsync(request.NewPassword, cancellationToken) : known.PasswordHash;
        return new() { Password = new() { Hash = hash, Replaces = ByteString.CopyFrom(Digest(known.PasswordHash)) } };
    }

    public override async Task<Empty> ChangePassword(V1.ChangePasswordRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var user = checks.Uuid(request.UserId, "userId");
        var keep = checks.Uuid(request.KeepSessionId, "keepSessionId");
        if (request.Password is not { Hash.Length: > 0, Replaces.Length: > 0 })
            checks.Add("password", "field required");
        checks.ThrowIfInvalid();

        await db.InTransactionAsync(async token =>
        {
            var known = await db.Credentials.AsNoTracking().SingleOrDefaultAsync(credentials => credentials.UserId == user, token);
            if (known is null || !request.Password!.Replaces.Span.SequenceEqual(Digest(known.PasswordHash)))
                throw ChangedSince();
            var changed = await db.Credentials.Where(credentials => credentials.UserId == user && credentials.PasswordHash == known.PasswordHash)
                .ExecuteUpdateAsync(set => set.SetProperty(credentials => credentials.PasswordHash, request.Password.Hash), token);
            if (changed == 0)
                throw ChangedSince();
            db.Record(user);
            await db.SaveChangesAsync(token);
            return await db.EndSessionsAsync(user, only: null, except: keep, time.GetUtcNow(), tokens.Memory, token);
        }, context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> CheckPassword(V1.CheckPasswordRequest request, ServerCallContext context)
    {
        await CheckCurrentAsync(FieldChecks.RequireUuid(request.UserId, "userId"), request.Password, orElse: null, context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> ChangeEmail(V1.ChangeEmailRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var wanted = new Credentials { UserId = checks.Uuid(request.UserId, "userId"), Email = checks.Email(request.Email, "email"), PasswordHash = "" };
        checks.ThrowIfInvalid();
        await writer.ForgetGoneHoldersAsync([wanted], context.CancellationToken);
        await db.ApplyOnceAsync(context, token =>
        {
            db.Record(wanted.UserId);
            return writer.MoveAsync(wanted, token);
        });
        return new Empty();
    }

    public override async Task<Empty> ExpireAccessTokens(V1.ExpireAccessTokensRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await db.ApplyOnceAsync(context, token =>
        {
            db.Record(user);
            return db.RaiseRightsVersionAsync(user, expiredOnly: true, token);
        });
        return new Empty();
    }

    public override async Task<Empty> RevokeUser(V1.RevokeUserRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await db.InTransactionAsync(async token =>
        {
            db.Record(user);
            await db.SaveChangesAsync(token);
            await db.RaiseRightsVersionAsync(user, expiredOnly: false, token);
            return await db.EndSessionsAsync(user, only: null, except: null, time.GetUtcNow(), tokens.Memory, token);
        }, context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await db.ApplyOnceAsync(context, async token =>
        {
            db.Record(user);
            var subject = user.ToString();
            await db.Consents.Where(consent => consent.Subject == subject).ExecuteDeleteAsync(token);
            await db.Credentials.Where(credentials => credentials.UserId == user).ExecuteDeleteAsync(token);
            await db.RevokeForEverAsync(user, token);
        });
        return new Empty();
    }

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) =>
        db.ListAuditAsync(ResourceNames.Auth, request, context.CancellationToken);

    public override Task<Empty> KeepAuditAnchor(KeepAuditAnchorRequest request, ServerCallContext context) => db.KeepAnchorAsync(request, context);

    public override async Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await responseStream.WriteRowsAsync("account.json", db.Credentials.AsNoTracking().Where(credentials => credentials.UserId == user)
            .Select(credentials => new { credentials.UserId, credentials.Email }).AsAsyncEnumerable(), context.CancellationToken);
        await responseStream.WriteRowsAsync("sessions.json", db.Sessions.AsNoTracking().Where(session => session.UserId == user)
            .OrderByDescending(session => session.LastUsedAt)
            .Select(session => new { session.Id, session.CreatedAt, session.LastUsedAt, session.ExpiresAt, session.EndedAt, session.UserAgent, session.Address })
            .AsAsyncEnumerable(), context.CancellationToken);
        await responseStream.WriteRowsAsync("apps.json", db.Apps.AsNoTracking().Where(app => app.OwnerId == user)
            .OrderBy(app => app.CreatedAt)
            .Select(app => new { app.Id, app.Name, app.RedirectUrl, app.CreatedAt })
            .AsAsyncEnumerable(), context.CancellationToken);
        var subject = user.ToString();
        await responseStream.WriteRowsAsync("consents.json", db.Consents.AsNoTracking().Where(consent => consent.Subject == subject)
            .OrderBy(consent => consent.CreationDate)
            .Select(consent => new { AppId = consent.Application!.Id, consent.Scopes, consent.CreationDate })
            .AsAsyncEnumerable(), context.CancellationToken);
    }

    private static RpcException ChangedSince() => RpcErrors.Aborted("The password was changed by somebody else meanwhile; try again");

    private static byte[] Digest(string hash) => SHA256.HashData(Encoding.UTF8.GetBytes(hash));

    /// <summary>The credentials, and whether <paramref name="password"/> is theirs rather than <paramref name="orElse"/>.</summary>
    private async Task<(Credentials Known, bool IsCurrent)> CheckCurrentAsync(Guid user, string password, string? orElse, CancellationToken cancellationToken)
    {
        var attempt = LoginAttempt.Of(user);
        var hasFailed = await throttle.ThrowIfBlockedAsync(attempt, cancellationToken);
        var known = await db.Credentials.AsNoTracking().SingleOrDefaultAsync(credentials => credentials.UserId == user, cancellationToken)
            ?? throw RpcErrors.NotFound("The user has no credentials");
        var isCurrent = await MatchesAsync(attempt, password, known, cancellationToken);
        // A repetition follows a success. After a failure it is a guess, and those have one password each.
        var matches = isCurrent || (orElse is not null && !hasFailed && await MatchesAsync(attempt, orElse, known, cancellationToken));
        await throttle.ThrowIfBlockedAsync(attempt, cancellationToken);
        if (!matches)
        {
            await throttle.CountAsync(attempt, CancellationToken.None);
            throw RpcErrors.Invalid("Invalid current password");
        }

        await throttle.ForgetAsync(attempt, cancellationToken);
        return (known, isCurrent);
    }

    private async Task<bool> MatchesAsync(LoginAttempt attempt, string password, Credentials known, CancellationToken cancellationToken)
    {
        if (password.Length is 0 or > PasswordHashes.MaxLength)
            return false;
        var check = await hashes.CheckAsync(attempt.Budget, isKnown: true, password, known.PasswordHash, cancellationToken);
        if (check.Refusal is not { } refusal)
            return check.Matches;
        await throttle.CountAsync(attempt, CancellationToken.None);
        throw refusal;
    }

    private static void CheckNewPassword(FieldChecks checks, string password, string field)
    {
        if (password.Length is < PasswordHashes.MinLength or > PasswordHashes.MaxLength)
            checks.Add(field, $"must have {PasswordHashes.MinLength} to {PasswordHashes.MaxLength} characters");
    }
}
