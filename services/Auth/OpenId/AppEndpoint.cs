using Microsoft.AspNetCore.Antiforgery;
using Microsoft.EntityFrameworkCore;
using ShTP.Auth.Apps;
using ShTP.Auth.OpenId.Pages;
using ShTP.Data;
using ShTP.Data.Audit;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static ShTP.Auth.OpenId.Pages.Page;

namespace ShTP.Auth.OpenId;

/// <summary>
/// The consent page of one-time tokens: the user signs in, agrees, and comes to the redirect URL of the app with a token that
/// names the user to the site once. It is asked each time, since nothing of a consent is stored.
/// </summary>
internal static class AppEndpoint
{
    public const string Path = "/connect/app";

    /// <summary>The id of the app.</summary>
    public const string Parameter = "app_id";

    private const string AccessToken = "access_token";

    private const string Shown = "shown";

    public static async Task<IResult> AskAsync(HttpContext context, Texts texts, BrowserSessions sessions, AuthDb db)
    {
        if (await FindAsync(db, context.Request.Query[Parameter], context.RequestAborted) is not { } app)
            return Fault(context, texts.BadRequest);
        return await sessions.FindAsync(context) is { } session
            ? AskConsent(context, Path, [new(Parameter, app.Id.ToString()), new(Shown, Site.Of(app).Shown)], AddressOf(app), session.Email, Site.Of(app), [Scopes.OpenId])
            : Results.LocalRedirect(SignInEndpoint.AddressFor(AddressOf(app)));
    }

    public static async Task<IResult> DecideAsync(HttpContext context, Texts texts, IAntiforgery antiforgery, BrowserSessions sessions, AppTokens tokens, AuthDb db)
    {
        // The anti-forgery token proves that the user saw the page.
        if (!await antiforgery.IsRequestValidAsync(context))
            return Fault(context, texts.OldForm);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await FindAsync(db, form[Parameter], context.RequestAborted) is not { } app)
            return Fault(context, texts.BadRequest);
        if (form[ConsentPage.Decision] != ConsentPage.Allowed)
            return SignInEndpoint.SeeOther(context, RedirectUrl.With(app.RedirectUrl, Parameters.Error, Errors.AccessDenied));
        // The owner moved the app while the user looked at the page.
        if (form[Shown] != Site.Of(app).Shown)
            return SignInEndpoint.SeeOther(context, AddressOf(app));
        return await sessions.FindAsync(context) is { } session && await CreateTokenAsync(context, app.Id, session.UserId, tokens, db) is { } token
            ? SignInEndpoint.SeeOther(context, RedirectUrl.With(app.RedirectUrl, AccessToken, token))
            : SignInEndpoint.SeeOther(context, SignInEndpoint.AddressFor(AddressOf(app)));
    }

    private static Task<string?> CreateTokenAsync(HttpContext context, Guid app, Guid user, AppTokens tokens, AuthDb db)
    {
        AuditCall.Serve(context);
        return db.InTransactionAsync(async cancellationToken =>
        {
            var token = await tokens.CreateAsync(app, user, cancellationToken);
            if (token is not null)
            {
                db.Record(SiteAccess.Of(user, app));
                await db.SaveChangesAsync(cancellationToken);
            }

            return token;
        }, context.RequestAborted);
    }

    private static async Task<App?> FindAsync(AuthDb db, string? id, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var app) ? await db.Apps.AsNoTracking().SingleOrDefaultAsync(known => known.Id == app, cancellationToken) : null;

    private static string AddressOf(App app) => $"{Path}?{Parameter}={app.Id}";
}
