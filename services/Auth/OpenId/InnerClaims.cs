using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ShTP.Auth.OpenId;

/// <summary>Keeps what OpenIddict notes for itself in a token out of those that sites read.</summary>
internal sealed class InnerClaims : IOpenIddictServerHandler<GenerateTokenContext>
{
    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.TokenType == TokenTypeIdentifiers.IdentityToken && context.SecurityTokenDescriptor?.Subject is { } subject)
        {
            foreach (var claim in subject.Claims.Where(claim => claim.Type.StartsWith(Claims.Prefixes.Private, StringComparison.Ordinal)).ToList())
                subject.TryRemoveClaim(claim);
        }

        return ValueTask.CompletedTask;
    }
}
