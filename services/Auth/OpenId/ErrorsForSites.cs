using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ShTP.Auth.OpenId;

/// <summary>
/// Sends the fault of an authorization request to the site that made it (RFC 6749 4.1.2.1). OpenIddict does so only for faults
/// that it finds after the redirect URI, and shows the user a page for all others.
/// </summary>
internal sealed class ErrorsForSites(IOpenIddictApplicationManager applications) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.Request is not { } request || string.IsNullOrEmpty(context.Response.Error) || !string.IsNullOrEmpty(context.RedirectUri))
            return;
        if (string.IsNullOrEmpty(request.ClientId) || string.IsNullOrEmpty(request.RedirectUri))
            return;
        var client = await applications.FindByClientIdAsync(request.ClientId, context.CancellationToken);
        if (client is null || !await applications.ValidateRedirectUriAsync(client, request.RedirectUri, context.CancellationToken))
            return;
        context.RedirectUri = request.RedirectUri;
        context.ResponseMode = ModeOf(request);
    }

    // An unknown mode may be the very fault.
    private static string ModeOf(OpenIddictRequest request) =>
        request.IsFormPostResponseMode() ? ResponseModes.FormPost
        : request.IsFragmentResponseMode() ? ResponseModes.Fragment
        : ResponseModes.Query;
}
