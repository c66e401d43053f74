using System.Collections.Immutable;
using System.Security.Claims;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.OpenId;

/// <summary>The claims of tokens for sites: user, session and time of the sign-in. Names and e-mail are at the user info endpoint.</summary>
internal static class OpenIdClaims
{
    public const string Session = "sid";

    /// <summary>The scope of <see cref="Group"/> and <see cref="Class"/>.</summary>
    public const string School = "school";

    public const string Group = "group";

    public const string Class = "class";

    private const string Kind = "shtp";

    public static ClaimsPrincipal Create(BrowserSession session, ImmutableArray<string> scopes, string consent)
    {
        var identity = new ClaimsIdentity(Kind);
        identity.SetClaim(Claims.Subject, session.UserId.ToString());
        identity.SetClaim(Session, session.Id.ToString());
        identity.SetClaim(Claims.AuthenticationTime, session.SignedInAt.ToUnixTimeSeconds());
        identity.SetScopes(scopes);
        identity.SetAuthorizationId(consent);
        return Addressed(identity);
    }

    /// <summary>The same claims for further tokens of a grant.</summary>
    public static ClaimsPrincipal Renew(ClaimsPrincipal granted) => Addressed(new ClaimsIdentity(granted.Claims, Kind));

    public static (Guid User, Guid Session) Read(ClaimsPrincipal principal) =>
        (Guid.Parse(principal.GetClaim(Claims.Subject)!), Guid.Parse(principal.GetClaim(Session)!));

    private static ClaimsPrincipal Addressed(ClaimsIdentity identity)
    {
        identity.SetDestinations(static claim => claim.Type == Claims.AuthenticationTime
            ? [Destinations.IdentityToken]
            : [Destinations.AccessToken, Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }
}
