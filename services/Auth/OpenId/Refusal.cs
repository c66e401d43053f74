using Microsoft.AspNetCore.Authentication;
using OpenIddict.Server.AspNetCore;

namespace ShTP.Auth.OpenId;

/// <summary>Errors of RFC 6749 and OpenID Connect, which OpenIddict sends to the site.</summary>
internal static class Refusal
{
    /// <summary>The site is not allowed to make this request.</summary>
    public static IResult Forbid(string error, string description) =>
        Results.Forbid(Describe(error, description), [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);

    /// <summary>The token of the request is no longer valid.</summary>
    public static IResult Challenge(string error, string description) =>
        Results.Challenge(Describe(error, description), [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);

    private static AuthenticationProperties Describe(string error, string description) => new(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
    });
}
