using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Auth.Keys;
using ShTP.Auth.Login;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.Data;
using ShTP.Data.Audit;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Auth;

/// <summary>Sign-in, sign-out and sessions; auth.proto documents each RPC.</summary>
internal sealed class AuthService(
    AuthDb db, SessionOpening opening, UserRights rights, StreamTickets tickets, TokenIssuer tokens, KeyRing ring, KeySchedule keys, IOptions<AuthOptions> options, TimeProvider time)
    : V1.AuthService.AuthServiceBase
{
    private const string SessionEnded = "The session has ended";
    private const string TokenType = "bearer";
    private const int MaxListed = 100;

    private static readonly TimeSpan BetweenUses = TimeSpan.FromMinutes(1);

    public override async Task<V1.LoginResponse> Login(V1.LoginRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        checks.Email(request.Email, "email");
        if (request.Password.Length == 0)
            checks.Add("password", "field required");
        else if (request.Password.Length > PasswordHashes.MaxLength)
            checks.Add("password", $"must have at most {PasswordHashes.MaxLength} characters");
        checks.ThrowIfInvalid();

        var former = context.FormerUser() is { } user ? new FormerSession(user.SessionId, user.Id) : null;
        var client = new ClientOfSession(ClientFacts.UserAgent(context), ClientFacts.Address(context), former);
        var (session, role, rightsVersion) = await opening.OpenAsync(request.Email, request.Password, request.HasNewPassword ? request.NewPassword : null, client, context.CancellationToken);
        return new V1.LoginResponse
        {
            AccessToken = tokens.AccessToken(session.Id, session.UserId, role, rightsVersion),
            RefreshToken = tokens.RefreshToken(session.Id, session.UserId, role, rightsVersion, session.RefreshTokenId),
            TokenType = TokenType,
        };
    }

    public override async Task<V1.RefreshResponse> Refresh(V1.RefreshRequest request, ServerCallContext context)
    {
        var (cancellationToken, user, now) = (context.CancellationToken, context.User(), time.GetUtcNow());
        var token = context.TokenId() ?? throw RpcErrors.Unauthenticated(SessionEnded);
        var session = await FindOpenAsync(user, now, cancellationToken) ?? throw RpcErrors.Unauthenticated(SessionEnded);
        if (session.RefreshTokenId != token && !session.IsRotatedJustNow(token, now))
            throw await EndReusedAsync(session, now);
        var (role, rightsVersion) = await rights.FindAsync(user.Id, cancellationToken);

        var response = new V1.RefreshResponse { AccessToken = tokens.AccessToken(session.Id, user.Id, role, rightsVersion), TokenType = TokenType };
        if (request.Rotate)
        {
            if (session.RefreshTokenId == token)
                session = await RotateAsync(session, user, now);
            response.RefreshToken = tokens.RefreshToken(session.Id, user.Id, role, rightsVersion, session.RefreshTokenId);
        }
        else if (session.RefreshTokenId == token && (session.FormerTokenId is not null || session.LastUsedAt < now - BetweenUses))
        {
            await Open(session).ExecuteUpdateAsync(set => set.SetProperty(open => open.LastUsedAt, now).SetProperty(open => open.FormerTokenId, (Guid?)null), cancellationToken);
        }

        return response;
    }

    public override async Task<Empty> Logout(V1.LogoutRequest request, ServerCallContext context)
    {
        await EndAsync(context.User().Id, only: context.User().SessionId, except: null, context.CancellationToken);
        return new Empty();
    }

    public override async Task<V1.ListSessionsResponse> ListSessions(V1.ListSessionsRequest request, ServerCallContext context)
    {
        var (user, now) = (context.User(), time.GetUtcNow());
        var sessions = await db.Sessions.AsNoTracking()
            .Where(session => session.UserId == user.Id && session.EndedAt == null && session.ExpiresAt > now)
            .OrderByDescending(session => session.LastUsedAt).ThenBy(session => session.Id)
            .Take(MaxListed)
            .ToListAsync(context.CancellationToken);
        return new V1.ListSessionsResponse { Sessions = { sessions.Select(session => session.ToProto(user.SessionId)) } };
    }

    public override async Task<Empty> RevokeSession(V1.RevokeSessionRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        if (await EndAsync(context.User().Id, only: id, except: null, context.CancellationToken) == 0)
            throw RpcErrors.NotFound("Session with such uuid not found");
        return new Empty();
    }

    public override async Task<Empty> RevokeOtherSessions(V1.RevokeOtherSessionsRequest request, ServerCallContext context)
    {
        await EndAsync(context.User().Id, only: null, except: context.User().SessionId, context.CancellationToken);
        return new Empty();
    }

    public override async Task<V1.CreateStreamTicketResponse> CreateStreamTicket(V1.CreateStreamTicketRequest request, ServerCallContext context) => new()
    {
        Ticket = await tickets.CreateAsync(context.User(), context.CancellationToken),
        ExpiresIn = (int)StreamTickets.Lifetime.TotalSeconds,
    };

    public override Task<V1.GetJwksResponse> GetJwks(V1.GetJwksRequest request, ServerCallContext context) =>
        Task.FromResult(new V1.GetJwksResponse { Keys = { ring.All.Select(key => key.Jwk) } });

    public override async Task<Empty> RotateSigningKey(V1.RotateSigningKeyRequest request, ServerCallContext context)
    {
        var activeFrom = await keys.RotateAsync(context.CancellationToken);
        await ring.ReloadAsync(context.CancellationToken);
        if (activeFrom - time.GetUtcNow() is { Ticks: > 0 } wait)
            await Task.Delay(wait, time, context.CancellationToken);
        return new Empty();
    }

    private Task<int> EndAsync(Guid user, Guid? only, Guid? except, CancellationToken cancellationToken)
    {
        AuditCall.About(user);
        return db.EndSessionsAsync(user, only, except, time.GetUtcNow(), tokens.Memory, cancellationToken);
    }

    private IQueryable<Session> Open(Session session) => db.Sessions
        .Where(open => open.Id == session.Id && open.EndedAt == null && open.RefreshTokenId == session.RefreshTokenId);

    private Task<Session?> FindOpenAsync(CurrentUser user, DateTimeOffset now, CancellationToken cancellationToken) => db.Sessions.AsNoTracking()
        .SingleOrDefaultAsync(open => open.Id == user.SessionId && open.UserId == user.Id && open.EndedAt == null && open.ExpiresAt > now, cancellationToken);

    // The comparison with the old id in the update makes one of several simultaneous rotations win; the others get what it got.
    private async Task<Session> RotateAsync(Session session, CurrentUser user, DateTimeOffset now)
    {
        var (next, former, expiresAt) = (Guid.NewGuid(), session.RefreshTokenId, now + options.Value.RefreshTokenLifetime);
        await Open(session).ExecuteUpdateAsync(set => set
            .SetProperty(open => open.RefreshTokenId, next)
            .SetProperty(open => open.FormerTokenId, former)
            .SetProperty(open => open.RotatedAt, now)
            .SetProperty(open => open.ExpiresAt, expiresAt)
            .SetProperty(open => open.LastUsedAt, now));
        var rotated = await FindOpenAsync(user, now, CancellationToken.None) ?? throw RpcErrors.Unauthenticated(SessionEnded);
        return rotated.IsRotatedJustNow(former, now) ? rotated : throw await EndReusedAsync(session, now);
    }

    // Reuse of a rotated token means that the token was stolen.
    private async Task<RpcException> EndReusedAsync(Session session, DateTimeOffset now)
    {
        await db.InTransactionAsync(async token =>
        {
            db.Record(new AuditFact("RefreshTokenReused") { IsRefused = true, SubjectIds = [session.UserId], ObjectKind = nameof(Session), ObjectId = session.Id.ToString() });
            await db.SaveChangesAsync(token);
            return await db.EndSessionsAsync(session.UserId, only: session.Id, except: null, now, tokens.Memory, token);
        }, CancellationToken.None);
        return RpcErrors.Unauthenticated("The refresh token was used already, the session has ended");
    }
}
