using ShTP.Auth.Login;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Auth.Sessions;
using ShTP.Data;
using ShTP.Data.Audit;

namespace ShTP.Auth.OpenId;

/// <summary>Sessions of browsers. The cookie has the session id only; the database has its state.</summary>
internal sealed class BrowserSessions(
    AuthDb db, TokenIssuer tokens, IOptions<AuthOptions> options, IOptionsMonitor<CookieAuthenticationOptions> cookies, TimeProvider time)
{
    /// <summary>The authentication scheme of the cookie.</summary>
    public const string Scheme = "browser";

    private const string SessionClaim = "sid";

    /// <summary>The open session of the browser, or null.</summary>
    public async Task<BrowserSession?> FindAsync(HttpContext context)
    {
        var cookie = await context.AuthenticateAsync(Scheme);
        if (!Guid.TryParse(cookie.Principal?.FindFirstValue(SessionClaim), out var id))
            return null;
        var now = time.GetUtcNow();
        return await db.Sessions.AsNoTracking()
            .Where(session => session.Id == id && session.EndedAt == null && session.ExpiresAt > now)
            .Join(db.Credentials, session => session.UserId, credentials => credentials.UserId,
                (session, credentials) => new BrowserSession(session.Id, session.UserId, credentials.Email, session.CreatedAt))
            .SingleOrDefaultAsync(context.RequestAborted);
    }

    /// <summary>The last session of this browser, of any age: an expired cookie still identifies the browser.</summary>
    public async Task<FormerSession?> FindFormerAsync(HttpContext context)
    {
        var options = cookies.Get(Scheme);
        var cookie = options.CookieManager.GetRequestCookie(context, options.Cookie.Name!);
        var ticket = cookie is null ? null : options.TicketDataFormat.Unprotect(cookie);
        if (!Guid.TryParse(ticket?.Principal.FindFirstValue(SessionClaim), out var id))
            return null;
        return await db.Sessions.Where(session => session.Id == id && session.EndedAt == null)
            .Select(session => new FormerSession(session.Id, session.UserId)).SingleOrDefaultAsync(context.RequestAborted);
    }

    /// <summary>Whether a session is open. If so, it counts as used now, and its expiry is extended by the lifetime of a refresh token.</summary>
    public async Task<bool> UseAsync(Guid id, Guid user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var expiresAt = now + options.Value.RefreshTokenLifetime;
        return await db.Sessions
            .Where(session => session.Id == id && session.UserId == user && session.EndedAt == null && session.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(session => session.LastUsedAt, now).SetProperty(session => session.ExpiresAt, expiresAt), cancellationToken) == 1;
    }

    /// <summary>Whether a session is open.</summary>
    public Task<bool> IsOpenAsync(Guid id, Guid user, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return db.Sessions.AnyAsync(session => session.Id == id && session.UserId == user && session.EndedAt == null && session.ExpiresAt > now, cancellationToken);
    }

    /// <summary>Sets the session cookie. It ends with the browser, because school computers are shared.</summary>
    public static Task RememberAsync(HttpContext context, Guid session) =>
        context.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity([new Claim(SessionClaim, session.ToString())], Scheme)));

    /// <summary>Ends the browser's session, and with it the tokens of sites.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if (await FindAsync(context) is { } session)
            await EndAsync(context, session);
        await context.SignOutAsync(Scheme);
    }

    private Task<int> EndAsync(HttpContext context, BrowserSession session)
    {
        AuditCall.Serve(context);
        return db.InTransactionAsync(async token =>
        {
            db.Record(new AuditFact("SignOut") { ActorId = session.UserId, SubjectIds = [session.UserId], ObjectKind = nameof(Session), ObjectId = session.Id.ToString() });
            await db.SaveChangesAsync(token);
            return await db.EndSessionsAsync(session.UserId, only: session.Id, except: null, time.GetUtcNow(), tokens.Memory, token);
        }, context.RequestAborted);
    }
}

/// <summary>A session of a browser.</summary>
internal sealed record BrowserSession(Guid Id, Guid UserId, string Email, DateTimeOffset SignedInAt);
