using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using ShTP.Auth.Login;

namespace ShTP.Auth.OpenId;

/// <summary>Knows a browser again by a signed cookie that outlives the sessions, so that guesses made elsewhere do not lock its users out.</summary>
internal sealed class BrowserDevices(
    IDataProtectionProvider protection, IOptionsMonitor<CookieAuthenticationOptions> cookies, IOptions<ThrottleOptions> throttling, TimeProvider time)
{
    // A school computer has many users; the cookie stays small.
    private const int MaxUsers = 20;

    private readonly IDataProtector _protector = protection.CreateProtector("browser devices");

    private CookieAuthenticationOptions Options => cookies.Get(BrowserSessions.Scheme);

    // Beside the cookie of the session, and as well protected.
    private string Name => Options.Cookie.Name!.Replace("session", "device", StringComparison.Ordinal);

    /// <summary>The browser, or null when it is new.</summary>
    public KnownBrowser? Find(HttpContext context)
    {
        if (context.Request.Cookies[Name] is not { } cookie)
            return null;
        try
        {
            var ids = _protector.Unprotect(cookie).Split(' ').Select(Guid.Parse).ToList();
            return new KnownBrowser(ids[0], ids[1..]);
        }
        catch (CryptographicException)
        {
            return null; // of another installation, or made up
        }
    }

    /// <summary>Adds a user to the browser, in place of the one who signed in there longest ago.</summary>
    public void Remember(HttpContext context, Guid user)
    {
        var known = Find(context) ?? new KnownBrowser(Guid.NewGuid(), []);
        var users = known.Users.Where(other => other != user).Prepend(user).Take(MaxUsers);
        var cookie = Options.Cookie.Build(context);
        cookie.Expires = time.GetUtcNow() + throttling.Value.DevicesKnownFor;
        context.Response.Cookies.Append(Name, _protector.Protect(string.Join(' ', users.Prepend(known.Id))), cookie);
    }
}
