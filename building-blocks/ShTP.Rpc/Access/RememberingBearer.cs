using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ShTP.Rpc.Access;

/// <summary>
/// JwtBearer that takes a short way for tokens that were verified a moment ago and are good still: no contexts, no events, no
/// new ticket. Whatever is not known to be good goes the long way, which alone refuses.
/// </summary>
internal abstract class RememberingBearer(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : JwtBearerHandler(options, logger, encoder)
{
    /// <summary>The result that is remembered with a token; requests share it.</summary>
    public static Task<AuthenticateResult> Succeed(ClaimsIdentity caller, string scheme) =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(caller), scheme)));

    protected sealed override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        BearerHeader.FindToken(Request.Headers.Authorization.ToString()) is { IsEmpty: false } token && FindKnown(token) is { } known
            ? known
            : base.HandleAuthenticateAsync();

    /// <summary>The result for a token that is known to be good, or null.</summary>
    protected abstract Task<AuthenticateResult>? FindKnown(ReadOnlySpan<char> token);
}

/// <summary>The scheme of users' access or refresh tokens.</summary>
internal sealed class UserBearer(UserTokenHandler tokens, Revocations revocations, IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : RememberingBearer(options, logger, encoder)
{
    protected override Task<AuthenticateResult>? FindKnown(ReadOnlySpan<char> token)
    {
        var kind = AccessSchemes.KindOf(Scheme.Name);
        if (tokens.FindKnown(token, kind) is not { IsValid: true } known || revocations.Find(known, kind) != RevocationState.None)
            return null;
        Context.Features.Set(known);
        return known.Success;
    }
}

/// <summary>The scheme of services' tokens.</summary>
internal sealed class ServiceBearer(ServiceTokenHandler tokens, IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : RememberingBearer(options, logger, encoder)
{
    protected override Task<AuthenticateResult>? FindKnown(ReadOnlySpan<char> token)
    {
        if (tokens.FindKnown(token) is not { } known)
            return null;
        Context.Features.Set(known.Service);
        return known.Success;
    }
}
