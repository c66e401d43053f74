using System.Collections.Immutable;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using ShTP.Auth.OpenId.Pages;
using ShTP.Data.Audit;
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

    private static readonly string[] Known = [Scopes.OpenId, Scopes.Profile, Scopes.Email, OpenIdClaims.School, Scopes.OfflineAccess];

    public static async Task<IResult> HandleAsync(HttpContext context, Texts texts, BrowserSessions sessions, Consents consents, IAntiforgery antiforgery, AuthDb db, TimeProvider time)
    {
        if (context.GetOpenIddictServerResponse() is { Error.Length: > 0 } fault)
            return Fault(context, texts.BadRequest, $"{fault.Error}: {fault.ErrorDescription}");
        var request = context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict let a request pass unread.");
        var session = await sessions.FindAsync(context);
        var decision = HttpMethods.IsPost(context.Request.Method) ? context.Request.Form[ConsentPage.Decision].ToString() : "";
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
        if (decision.Length > 0 && decision != ConsentPage.Allowed)
            return Refusal.Forbid(Errors.AccessDenied, "The user did not agree.");
        var consent = await consents.FindAsync(session.UserId, app, scopes, context.RequestAborted);
        AuditCall.Serve(context);
        if (decision == ConsentPage.Allowed)
            consent ??= await consents.AddAsync(session.UserId, app, scopes, context.RequestAborted);
        else if (consent is null && request.HasPromptValue(PromptValues.None))
            return Refusal.Forbid(Errors.ConsentRequired, "The user has not agreed yet.");
        else if (consent is null || request.HasPromptValue(PromptValues.Consent))
            return Ask(context, texts, request, session, await Site.FindAsync(db, app, request.RedirectUri, context.RequestAborted), scopes);
        // OpenIddict saves it with the code.
        db.Record(SiteAccess.Of(session.UserId, app));
        return Results.SignIn(OpenIdClaims.Create(session, scopes, consent!), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    private static bool MustSignInAgain(OpenIddictRequest request, BrowserSession session, DateTimeOffset now) =>
        request.HasPromptValue(PromptValues.Login) || request.HasPromptValue(PromptValues.SelectAccount)
        || (request.MaxAge is { } seconds && (now - session.SignedInAt).TotalSeconds > seconds);

    private static IResult Ask(HttpContext context, Texts texts, OpenIddictRequest request, BrowserSession session, Site? site, ImmutableArray<string> scopes) => site is null
        ? Fault(context, texts.BadRequest)
        : AskConsent(context, Path, ReturnAddress.FieldsOf(request), ReturnAddress.Of(request), session.Email, site, scopes.Prepend(Scopes.OpenId).Distinct());
}
