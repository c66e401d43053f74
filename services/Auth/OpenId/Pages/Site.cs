using Microsoft.EntityFrameworkCore;
using ShTP.Auth.Apps;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>A site as shown on a page.</summary>
/// <param name="Name">The name of the app.</param>
/// <param name="Origin">Scheme, host and port, shown so that users can distinguish sites with the same name.</param>
internal sealed record Site(string Name, string Origin)
{
    /// <summary>What the user agrees to, as a form repeats it.</summary>
    public string Shown => $"{Origin} {Name}";

    /// <param name="db">The database.</param>
    /// <param name="id">Its app.</param>
    /// <param name="wanted">Where the site asks the browser to go on to; a program of the user's own computer names its port there.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<Site?> FindAsync(AuthDb db, Guid id, string? wanted, CancellationToken cancellationToken)
    {
        var app = await db.Apps.AsNoTracking().Where(known => known.Id == id).Select(known => new { known.Name, known.RedirectUrl }).SingleOrDefaultAsync(cancellationToken);
        return app is null ? null : Of(app.Name, app.RedirectUrl, wanted);
    }

    public static Site Of(App app) => Of(app.Name, app.RedirectUrl, null);

    private static Site Of(string name, string redirectUrl, string? wanted)
    {
        var registered = new Uri(redirectUrl);
        var isOnAPort = wanted is not null && RedirectUrl.IsLoopbackAddress(redirectUrl) && RedirectUrl.IsLoopbackAddress(wanted) && new Uri(wanted).Host == registered.Host;
        return new Site(name, (isOnAPort ? new Uri(wanted!) : registered).GetLeftPart(UriPartial.Authority));
    }
}
