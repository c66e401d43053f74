using System.Globalization;
using System.Net;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Antiforgery;
using ShTP.Auth.Login;
using ShTP.Auth.OpenId.Pages;
using ShTP.Auth.Passwords;
using ShTP.Auth.Sessions;
using ShTP.Data.Audit;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;
using static ShTP.Auth.OpenId.Pages.Page;

namespace ShTP.Auth.OpenId;

/// <summary>The sign-in page of browsers, which continues to a site or offers to sign out.</summary>
internal static class SignInEndpoint
{
    public const string Path = "/sign-in";
    public const string SignOutPath = "/sign-out";

    /// <summary>The first page of the gateway.</summary>
    public const string Home = "/";

    private const int MaxEchoed = 254;

    public static async Task<IResult> ShowAsync(HttpContext context, BrowserSessions sessions, AuthDb db)
    {
        var address = ReturnAddress.Check(context.Request.Query[ReturnAddress.Parameter]);
        if (address is null && await sessions.FindAsync(context) is { } session)
            return Show<SignedInPage>(context, new() { [nameof(SignedInPage.Email)] = session.Email });
        return ShowForm(context, address, await ReturnAddress.FindSiteAsync(db, address, context.RequestAborted), ReturnAddress.HintOf(address));
    }

    public static async Task<IResult> SignInAsync(
        HttpContext context, Texts texts, IAntiforgery antiforgery, BrowserSessions sessions, BrowserDevices devices, SessionOpening opening, AuthDb db)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Fault(context, texts.OldForm);
        AuditCall.Serve(context);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var address = ReturnAddress.Check(form[ReturnAddress.Parameter]);
        var site = await ReturnAddress.FindSiteAsync(db, address, context.RequestAborted);
        string sent = form[SignInPage.EmailField].ToString(), password = form[SignInPage.PasswordField].ToString(), newPassword = form[SignInPage.NewPasswordField].ToString();
        if (!EmailAddress.TryNormalize(sent, out _))
            return ShowForm(context, address, site, sent, texts.NoEmail, SignInPage.EmailField, StatusCodes.Status422UnprocessableEntity);
        if (password.Length == 0)
            return ShowForm(context, address, site, sent, texts.NoPassword, SignInPage.PasswordField, StatusCodes.Status422UnprocessableEntity);

        try
        {
            var session = await OpenAsync(sent, password);
            await BrowserSessions.RememberAsync(context, session.Id);
            devices.Remember(context, session.UserId);
            return SeeOther(context, address ?? Home);
        }
        catch (RpcException refused) when (refused.Status.Detail == SessionOpening.MustChange.ToString() || refused.StatusCode == StatusCode.InvalidArgument)
        {
            return ShowForm(context, address, site, sent, texts.MustChange, null, StatusCodes.Status422UnprocessableEntity, asksForNew: true);
        }
        catch (RpcException refused)
        {
            var (status, text) = Explain(context, texts, refused);
            return ShowForm(context, address, site, sent, text, null, status);
        }

        async Task<Session> OpenAsync(string email, string password)
        {
            if (password.Length > PasswordHashes.MaxLength)
                throw RpcErrors.Unauthenticated("");
            var client = new ClientOfSession(UserAgentOf(context), AddressOf(context), await sessions.FindFormerAsync(context), devices.Find(context));
            return (await opening.OpenAsync(email, password, newPassword.Length > 0 ? newPassword : null, client, context.RequestAborted)).Session;
        }
    }

    public static async Task<IResult> SignOutAsync(HttpContext context, Texts texts, IAntiforgery antiforgery, BrowserSessions sessions)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
            return Fault(context, texts.OldForm);
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var address = ReturnAddress.Check(form[ReturnAddress.Parameter]);
        await sessions.EndAsync(context);
        return SeeOther(context, AddressFor(address));
    }

    /// <summary>The page that continues to an address.</summary>
    public static string AddressFor(string? address) =>
        address is null ? Path : $"{Path}?{ReturnAddress.Parameter}={Uri.EscapeDataString(address)}";

    private static IResult ShowForm(
        HttpContext context, string? address, Site? site, string email, string? fault = null, string? faultyField = null, int status = StatusCodes.Status200OK,
        bool asksForNew = false) => Show<SignInPage>(context, new()
        {
            [nameof(SignInPage.Address)] = address,
            [nameof(SignInPage.Site)] = site?.Name,
            [nameof(SignInPage.Email)] = email.Length > MaxEchoed ? "" : email,
            [nameof(SignInPage.Fault)] = fault,
            [nameof(SignInPage.FaultyField)] = faultyField,
            [nameof(SignInPage.AsksForNew)] = asksForNew,
        }, site?.Origin, status);

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

    /// <summary>Continues at an address, by GET independent of the method of this request.</summary>
    public static IResult SeeOther(HttpContext context, string address)
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
