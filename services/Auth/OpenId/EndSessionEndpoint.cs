using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using ShTP.Auth.OpenId.Pages;
using static ShTP.Auth.OpenId.Pages.Page;

namespace ShTP.Auth.OpenId;

/// <summary>
/// A site's request to sign its user out (OpenID Connect RP-Initiated Logout 1.0). OpenIddict has checked the address to go on
/// to. Who shows an ID token of the very session is not asked; everybody else is, or any page could sign people out.
/// </summary>
internal static class EndSessionEndpoint
{
    public const string Path = "/connect/logout";

    public static async Task<IResult> HandleAsync(HttpContext context, Texts texts, BrowserSessions sessions, IAntiforgery antiforgery)
    {
        if (context.GetOpenIddictServerResponse() is { Error.Length: > 0 } fault)
            return Fault(context, texts.BadRequest, $"{fault.Error}: {fault.ErrorDescription}");
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict let a request pass unread.");
        if (await sessions.FindAsync(context) is { } session)
        {
            var isDecided = HttpMethods.IsPost(context.Request.Method) && context.Request.Form[ConsentPage.Decision] == SignOutPage.SignOut;
            if (isDecided && !await antiforgery.IsRequestValidAsync(context))
                return Fault(context, texts.OldForm);
            if (!isDecided && !await IsOfSessionAsync(context, session))
                return Ask(context, request, session);
        }

        await sessions.EndAsync(context);
        return Results.SignOut(new AuthenticationProperties { RedirectUri = SignInEndpoint.Path }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    private static async Task<bool> IsOfSessionAsync(HttpContext context, BrowserSession session)
    {
        var hint = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        return hint?.GetClaim(OpenIdClaims.Session) == session.Id.ToString();
    }

    private static IResult Ask(HttpContext context, OpenIddictRequest request, BrowserSession session)
    {
        var goesTo = Uri.TryCreate(request.PostLogoutRedirectUri, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Authority) : null;
        return Show<SignOutPage>(context, new() { [nameof(SignOutPage.Fields)] = ReturnAddress.FieldsOf(request), [nameof(SignOutPage.Email)] = session.Email }, goesTo);
    }
}
