using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using ShTP.Auth.Sessions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.OpenId;

/// <summary>Returns the current data of a user, limited to the consented scopes.</summary>
internal static class UserInfoEndpoint
{
    public const string Path = "/connect/userinfo";

    /// <summary>All claims of this endpoint.</summary>
    public static readonly string[] Facts =
    [
        Claims.Subject, Claims.Name, Claims.GivenName, Claims.FamilyName, Claims.PreferredUsername, Claims.Role, Claims.Email, Claims.EmailVerified,
        OpenIdClaims.Group, OpenIdClaims.Class,
    ];

    public static async Task<IResult> HandleAsync(HttpContext context, BrowserSessions sessions, Identities identities, AuthDb db)
    {
        var cancellationToken = context.RequestAborted;
        var token = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal
            ?? throw new InvalidOperationException("OpenIddict let a request pass without an access token.");
        var (user, session) = OpenIdClaims.Read(token);
        if (!await sessions.IsOpenAsync(session, user, cancellationToken) || await identities.FindAsync(user, cancellationToken) is not { } identity)
            return Refusal.Challenge(Errors.InvalidToken, "The session has ended.");

        var facts = new Dictionary<string, object> { [Claims.Subject] = user.ToString() };
        if (token.HasScope(Scopes.Profile))
        {
            facts[Claims.Name] = $"{identity.FirstName} {identity.LastName}".Trim();
            facts[Claims.GivenName] = identity.FirstName;
            facts[Claims.FamilyName] = identity.LastName;
            if (identity.HasNickName)
                facts[Claims.PreferredUsername] = identity.NickName;
            facts[Claims.Role] = TokenIssuer.NameOf(identity.Role);
        }

        if (token.HasScope(OpenIdClaims.School))
        {
            facts[OpenIdClaims.Group] = identity.Group;
            // Staff and those who have left have none.
            if (identity.LearningClass > 0)
                facts[OpenIdClaims.Class] = identity.LearningClass;
        }

        if (token.HasScope(Scopes.Email))
        {
            facts[Claims.Email] = await db.Credentials.Where(credentials => credentials.UserId == user).Select(credentials => credentials.Email).SingleAsync(cancellationToken);
            // Staff enter addresses, and they are not verified by a letter.
            facts[Claims.EmailVerified] = false;
        }

        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(facts);
    }
}
