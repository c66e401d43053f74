using System.Globalization;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using ShTP.Auth.OpenId.Pages;
using static ShTP.Auth.OpenId.Pages.Page;

namespace ShTP.Auth.OpenId;

/// <summary>
/// A site's request to sign somebody out (OpenID Connect RP-Initiated Logout 1.0). OpenIddict has checked the address to go on
/// to. Who shows an ID token of the very session is not asked; everybody else is, or any page could sign people out.
/// </summary>
internal static class EndSessionEndpoint
{
    public const string Path = "/connect/logout";

    private const string SignOut = "sign-out";

    public static async Task<IResult> HandleAsync(HttpContext context, BrowserSessions sessions, IAntiforgery antiforgery)
    {
        var texts = Texts.For(context.Request);
        if (context.GetOpenIddictServerResponse() is { Error.Length: > 0 } fault)
            return Fault(context, texts.BadRequest, $"{fault.Error}: {fault.ErrorDescription}");
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict let a request pass unread.");
        if (await sessions.FindAsync(context) is { } session)
        {
            var isDecided = HttpMethods.IsPost(context.Request.Method) && context.Request.Form[ConsentPage.Decision] == SignOut;
            if (isDecided && !await antiforgery.IsRequestValidAsync(context))
                return Fault(context, texts.OldForm);
            if (!isDecided && !await IsOfSessionAsync(context, session))
                return Ask(context, texts, request, session);
        }

        await sessions.EndAsync(context);
        return Results.SignOut(new AuthenticationProperties { RedirectUri = SignInEndpoint.Path }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
    }

    private static async Task<bool> IsOfSessionAsync(HttpContext context, BrowserSession session)
    {
        var hint = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal;
        return hint?.GetClaim(OpenIdClaims.Session) == session.Id.ToString();
    }

    private static IResult Ask(HttpContext context, Texts texts, OpenIddictRequest request, BrowserSession session)
    {
        var repeated = ReturnAddress.FieldsOf(request).Select(field => Html($"""<input type="hidden" name="{field.Key}" value="{field.Value}">"""));
        var content = Html($"""
            <form method="post" action="{Path}">
            {FormProof(context)}{Join(repeated)}
            <p>{string.Format(CultureInfo.InvariantCulture, texts.SignedInAs, session.Email)}</p>
            <button type="submit" name="{ConsentPage.Decision}" value="{SignOut}">{texts.DoSignOut}</button>
            </form>
            """);
        var goesTo = Uri.TryCreate(request.PostLogoutRedirectUri, UriKind.Absolute, out var address) ? address.GetLeftPart(UriPartial.Authority) : null;
        return Show(context, texts, texts.DoSignOut, content, goesTo);
    }
}
