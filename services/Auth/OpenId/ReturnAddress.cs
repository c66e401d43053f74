using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using ShTP.Auth.Apps;
using ShTP.Auth.Data;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.OpenId;

/// <summary>Where a browser continues after the sign-in. Only a site's authorization request is accepted.</summary>
internal static class ReturnAddress
{
    public const string Parameter = "return";

    private const string Start = AuthorizeEndpoint.Path + "?";
    private const int MaxLength = 8000;

    /// <summary>The address that repeats a site's request after the sign-in, without a demand to sign in again.</summary>
    public static string Of(OpenIddictRequest request)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in request.GetParameters())
        {
            if (!IsOurs(name) && name is not (Parameters.Prompt or Parameters.MaxAge) && (string?)value is { } text)
                query.Add(name, text);
        }

        var left = string.Join(' ', request.GetPromptValues().Where(prompt => prompt is not (PromptValues.Login or PromptValues.SelectAccount)));
        if (left.Length > 0)
            query.Add(Parameters.Prompt, left);
        return AuthorizeEndpoint.Path + query.ToQueryString();
    }

    /// <summary>Whether a parameter was added by a page and does not belong to the site's request.</summary>
    public static bool IsOurs(string parameter) => parameter is AuthorizeEndpoint.Decision || parameter.StartsWith("__", StringComparison.Ordinal);

    /// <summary>The address, when it is a site's request; otherwise null.</summary>
    public static string? Check(string? sent) =>
        sent is { Length: <= MaxLength } && sent.StartsWith(Start, StringComparison.Ordinal) && sent.All(c => c is > ' ' and < '\x7f') ? sent : null;

    /// <summary>Who the site says will sign in, or nothing.</summary>
    public static string HintOf(string? address) =>
        address is not null && QueryHelpers.ParseQuery(address[(Start.Length - 1)..]).TryGetValue(Parameters.LoginHint, out var hint) ? hint.ToString() : "";

    /// <summary>The site that the browser continues to.</summary>
    public static async Task<Site?> FindSiteAsync(AuthDb db, string? address, CancellationToken cancellationToken)
    {
        if (address is null)
            return null;
        var query = QueryHelpers.ParseQuery(address[(Start.Length - 1)..]);
        return query.TryGetValue(Parameters.ClientId, out var client) && Guid.TryParseExact(client, "D", out var id)
            ? await Site.FindAsync(db, id, query.TryGetValue(Parameters.RedirectUri, out var redirect) ? redirect.ToString() : null, cancellationToken)
            : null;
    }
}

/// <summary>A site as shown on a page.</summary>
/// <param name="Name">The name of the app.</param>
/// <param name="Origin">Scheme, host and port, shown so that users can distinguish sites with the same name.</param>
internal sealed record Site(string Name, string Origin)
{
    /// <param name="db">The database.</param>
    /// <param name="id">Its app.</param>
    /// <param name="wanted">Where the site asks the browser to go on to; a program of the user's own computer names its port there.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<Site?> FindAsync(AuthDb db, Guid id, string? wanted, CancellationToken cancellationToken)
    {
        var app = await db.Apps.AsNoTracking().Where(known => known.Id == id).Select(known => new { known.Name, known.RedirectUrl }).SingleOrDefaultAsync(cancellationToken);
        if (app is null)
            return null;
        var registered = new Uri(app.RedirectUrl);
        var isOnAPort = wanted is not null && RedirectUrl.IsLoopbackAddress(app.RedirectUrl) && RedirectUrl.IsLoopbackAddress(wanted) && new Uri(wanted).Host == registered.Host;
        return new Site(app.Name, (isOnAPort ? new Uri(wanted!) : registered).GetLeftPart(UriPartial.Authority));
    }
}
