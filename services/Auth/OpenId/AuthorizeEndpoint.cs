using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Html;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using ShTP.Auth.Data;
using ShTP.Auth.OpenId.Pages;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static ShTP.Auth.OpenId.Pages.Page;

namespace ShTP.Auth.OpenId;

/// <summary>
/// The authorization endpoint. OpenIddict has checked client, redirect URL, scopes and PKCE. Here the user signs in
/// when there is no session, and consents the first time. The consent page posts the request again, with the decision.
/// </summary>
internal static class AuthorizeEndpoint
{
    public const string Path = "/connect/authorize";

    /// <summary>The form field of the decision.</summary>
    public const string Decision = "decision";

    private const string Allowed = "allow";

    private static readonly string[] Known = [Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess];

    public static async Task<IResult> HandleAsync(HttpContext context, BrowserSessions sessions, Consents consents, IAntiforgery antiforgery, AuthDb db, TimeProvider time)
    {
        var texts = Texts.For(context.Request);
        if (context.GetOpenIddictServerResponse() is { Error.Length: > 0 } fault)
            return Fault(context, texts.BadRequest, $"{fault.Error}: {fault.ErrorDescription}");
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict let a request pass unread.");
        var session = await sessions.FindAsync(context);
        var decision = HttpMethods.IsPost(context.Request.Method) ? context.Request.Form[Decision].ToString() : "";
        // The anti-forgery token proves that the user saw the page. A form of the site itself does not have it.
        if (decision.Length > 0 && !await antiforgery.IsRequestValidAsync(context))
            return Fault(context, texts.OldForm);
        if (session is null || (decision.Length == 0 && MustSignInAgain(request, session, time.GetUtcNow())))
        {
            return request.HasPromptValue(PromptValues.None)
                ? Refusal.Forbid(Errors.LoginRequired, "The user is not signed in.")
                : Results.LocalRedirect(SignInEndpoint.AddressFor(ReturnAddress.Of(request)));
        }

        var (app, scopes) = (Guid.ParseExact(request.ClientId!, "D"), request.GetScopes().RemoveAll(scope => !Known.Contains(scope)));
        if (decision.Length > 0 && decision != Allowed)
            return Refusal.Forbid(Errors.AccessDenied, "The user did not agree.");
        var consent = await consents.FindAsync(session.UserId, app, scopes, context.RequestAborted);
        if (decision == Allowed)
            consent ??= await consents.AddAsync(session.UserId, app, scopes, context.RequestAborted);
        else if (consent is null && request.HasPromptValue(PromptValues.None))
            return Refusal.Forbid(Errors.ConsentRequired, "The user has not agreed yet.");
        else if (consent is null || request.HasPromptValue(PromptValues.Consent))
            return Ask(context, texts, request, session, await Site.FindAsync(db, app, request.RedirectUri, context.RequestAborted), scopes);
        return Results.SignIn(OpenIdClaims.Create(session, scopes, consent!), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static bool MustSignInAgain(OpenIddictRequest request, BrowserSession session, DateTimeOffset now) =>
        request.HasPromptValue(PromptValues.Login) || request.HasPromptValue(PromptValues.SelectAccount)
        || (request.MaxAge is { } seconds && (now - session.SignedInAt).TotalSeconds > seconds);

    private static IResult Ask(HttpContext context, Texts texts, OpenIddictRequest request, BrowserSession session, Site? site, ImmutableArray<string> scopes)
    {
        if (site is null)
            return Fault(context, texts.BadRequest);
        var title = string.Format(CultureInfo.InvariantCulture, texts.Consent, site.Name);
        var introduction = string.Format(CultureInfo.InvariantCulture, texts.ConsentIntroduction, site.Origin);
        var known = scopes.Prepend(Scopes.OpenId).Distinct().Where(texts.Scopes.ContainsKey).Select(scope => Html($"<li>{texts.Scopes[scope]}</li>"));
        var content = Html($"""
            <form method="post" action="{Path}">
            {FormProof(context)}{Join(Repeat(request))}
            <p>{introduction}</p>
            <ul>{Join(known)}</ul>
            <button type="submit" name="{Decision}" value="{Allowed}">{texts.Allow}</button>
            <button type="submit" name="{Decision}" value="deny" class="second">{texts.Deny}</button>
            </form>
            <footer>{SignInEndpoint.SignOutForm(context, ReturnAddress.Of(request), session, texts.OtherAccount)}</footer>
            """);
        return Show(context, texts, title, content, site.Origin);
    }

    private static IEnumerable<IHtmlContent> Repeat(OpenIddictRequest request) =>
        from parameter in request.GetParameters()
        where !ReturnAddress.IsOurs(parameter.Key) && (string?)parameter.Value is not null
        select Html($"""<input type="hidden" name="{parameter.Key}" value="{(string?)parameter.Value}">""");
}
