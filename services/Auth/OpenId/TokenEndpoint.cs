using Microsoft.AspNetCore.Authentication;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.OpenId;

/// <summary>Issues tokens for a code or a refresh token that OpenIddict has checked, while its session is open.</summary>
internal static class TokenEndpoint
{
    public const string Path = "/connect/token";

    public static async Task<IResult> HandleAsync(HttpContext context, BrowserSessions sessions)
    {
        var granted = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal
            ?? throw new InvalidOperationException("OpenIddict let a request pass without a code or a refresh token.");
        var (user, session) = OpenIdClaims.Read(granted);
        return await sessions.UseAsync(session, user, context.RequestAborted)
            ? Results.SignIn(OpenIdClaims.Renew(granted), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)
            : Refusal.Forbid(Errors.InvalidGrant, "The session has ended.");
    }
}
