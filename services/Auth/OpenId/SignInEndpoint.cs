using System.Globalization;
using System.Net;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Html;
using ShTP.Auth.Data;
using ShTP.Auth.OpenId.Pages;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;
using static ShTP.Auth.OpenId.Pages.Page;

namespace ShTP.Auth.OpenId;

/// <summary>The sign-in page of browsers, which continues to a site or offers to sign out.</summary>
internal static class SignInEndpoint
{
    public const string Path = "/sign-in";
    public const string SignOutPath = "/sign-out";

    private const string EmailField = "email";
    private const string PasswordField = "password";
    private const string NewPasswordField = "new_password";
    private const int MaxEchoed = 254;

    public static async Task<IResult> ShowAsync(HttpContext context, BrowserSessions sessions, AuthDb db)
    {
        var address = ReturnAddress.Check(context.Request.Query[ReturnAddress.Parameter]);
        if (address is null && await sessions.FindAsync(context) is { } session)
            return ShowSignedIn(context, session);
        return ShowForm(context, address, await ReturnAddress.FindSiteAsync(db, address, context.RequestAborted), email: ReturnAddress.HintOf(address));
    }

    public static async Task<IResult> SignInAsync(
        HttpContext context, IAntiforgery antiforgery, BrowserSessions sessions, SessionOpening opening, AuthDb db)
    {
        var texts = Texts.For(context.Request);
        if (!await antiforgery.IsRequestValidAsync(context))
            return Fault(context, texts.OldForm);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var address = ReturnAddress.Check(form[ReturnAddress.Parameter]);
        var site = await ReturnAddress.FindSiteAsync(db, address, context.RequestAborted);
        string sent = form[EmailField].ToString(), password = form[PasswordField].ToString(), newPassword = form[NewPasswordField].ToString();
        if (!EmailAddress.TryNormalize(sent, out _))
            return ShowForm(context, address, site, texts.NoEmail, sent, EmailField, StatusCodes.Status422UnprocessableEntity);
        if (password.Length == 0)
            return ShowForm(context, address, site, texts.NoPassword, sent, PasswordField, StatusCodes.Status422UnprocessableEntity);

        try
        {
            var session = await OpenAsync(sent, password);
            await BrowserSessions.RememberAsync(context, session.Id);
            return SeeOther(context, address ?? Path);
        }
        catch (RpcException refused) when (refused.Status.Detail == SessionOpening.MustChange.ToString() || refused.StatusCode == StatusCode.InvalidArgument)
        {
            return ShowForm(context, address, site, texts.MustChange, sent, null, StatusCodes.Status422UnprocessableEntity, asksForNew: true);
        }
        catch (RpcException refused)
        {
            var (status, text) = Explain(context, texts, refused);
            return ShowForm(context, address, site, text, sent, null, status);
        }

        async Task<Session> OpenAsync(string email, string password)
        {
            if (password.Length > PasswordHashes.MaxLength)
                throw RpcErrors.Unauthenticated("");
            var client = new ClientOfSession(UserAgentOf(context), AddressOf(context), await sessions.FindFormerAsync(context));
            return (await opening.OpenAsync(email, password, newPassword.Length > 0 ? newPassword : null, client, context.RequestAborted)).Session;
        }
    }

    public static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, BrowserSessions sessions)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Fault(context, Texts.For(context.Request).OldForm);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var address = ReturnAddress.Check(form[ReturnAddress.Parameter]);
        await sessions.EndAsync(context);
        return SeeOther(context, AddressFor(address));
    }

    /// <summary>The page that continues to an address.</summary>
    public static string AddressFor(string? address) =>
        address is null ? Path : $"{Path}?{ReturnAddress.Parameter}={Uri.EscapeDataString(address)}";

    /// <summary>A form that ends the browser's session; the page shows the user.</summary>
    public static IHtmlContent SignOutForm(HttpContext context, string? address, BrowserSession session, string button)
    {
        var texts = Texts.For(context.Request);
        return Html($"""
            <form method="post" action="{SignOutPath}">
            {FormProof(context)}{Hidden(ReturnAddress.Parameter, address)}
            <p>{string.Format(CultureInfo.InvariantCulture, texts.SignedInAs, session.Email)}</p>
            <button type="submit" class="second">{button}</button>
            </form>
            """);
    }

    private static IResult ShowSignedIn(HttpContext context, BrowserSession session)
    {
        var texts = Texts.For(context.Request);
        return Show(context, texts, texts.SignedIn, SignOutForm(context, null, session, texts.DoSignOut));
    }

    private static IResult ShowForm(
        HttpContext context, string? address, Site? site, string? fault = null, string email = "", string? faultyField = null, int status = StatusCodes.Status200OK,
        bool asksForNew = false)
    {
        var texts = Texts.For(context.Request);
        var title = site is null ? texts.SignIn : string.Format(CultureInfo.InvariantCulture, texts.SignInTo, site.Name);
        var alert = fault is null ? HtmlString.Empty : Html($"""<p role="alert" id="fault">{fault}</p>""");
        var another = asksForNew
            ? Html($"""
                <label for="new-password">{texts.NewPassword}</label>
                <input id="new-password" name="{NewPasswordField}" type="password" autocomplete="new-password" minlength="{PasswordHashes.MinLength}" maxlength="{PasswordHashes.MaxLength}" required aria-describedby="fault">
                """)
            : HtmlString.Empty;
        var content = Html($"""
            {alert}
            <form method="post" action="{Path}">
            {FormProof(context)}{Hidden(ReturnAddress.Parameter, address)}
            <label for="email">{texts.Email}</label>
            <input id="email" name="{EmailField}" type="email" autocomplete="username" maxlength="254" required value="{(email.Length > MaxEchoed ? "" : email)}"{Marks(EmailField)}>
            <label for="password">{texts.Password}</label>
            <input id="password" name="{PasswordField}" type="password" autocomplete="current-password" maxlength="{PasswordHashes.MaxLength}" required{Marks(PasswordField)}>
            {another}
            <button type="submit">{texts.DoSignIn}</button>
            </form>
            """);
        return Show(context, texts, title, content, site?.Origin, status);

        IHtmlContent Marks(string field) => (fault is null, faultyField == field) switch
        {
            (true, _) => HtmlString.Empty,
            (_, true) => new HtmlString(" aria-describedby=\"fault\" aria-invalid=\"true\""),
            _ => new HtmlString(" aria-describedby=\"fault\""),
        };
    }

    private static IHtmlContent Hidden(string name, string? value) =>
        value is null ? HtmlString.Empty : Html($"""<input type="hidden" name="{name}" value="{value}">""");

    private static (int Status, string Text) Explain(HttpContext context, Texts texts, RpcException refused)
    {
        if (refused.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied)
            return (StatusCodes.Status403Forbidden, texts.WrongPair);
        if (refused.GetRpcStatus()?.GetDetail<RetryInfo>() is not { } retry)
            return (StatusCodes.Status503ServiceUnavailable, texts.Unavailable);
        var seconds = (int)Math.Max(1, Math.Ceiling(retry.RetryDelay.ToTimeSpan().TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return (StatusCodes.Status429TooManyRequests, string.Format(CultureInfo.InvariantCulture, texts.TooMany, seconds));
    }

    // The next request is a GET, independent of the method of this one.
    private static IResult SeeOther(HttpContext context, string address)
    {
        context.Response.Headers.Location = address;
        context.Response.Headers.CacheControl = "no-store";
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static string AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private static string UserAgentOf(HttpContext context)
    {
        var told = context.Request.Headers.UserAgent.ToString();
        return told.Length > Session.MaxUserAgentLength ? told[..Session.MaxUserAgentLength] : told;
    }
}
