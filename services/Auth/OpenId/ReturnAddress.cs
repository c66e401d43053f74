using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using OpenIddict.Abstractions;
using ShTP.Auth.OpenId.Pages;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace ShTP.Auth.OpenId;

/// <summary>Where a browser continues after the sign-in. Only the request of a site is accepted.</summary>
internal static class ReturnAddress
{
    public const string Parameter = "return";

    private const int MaxLength = 8000;

    private static readonly string[] Starts = [AuthorizeEndpoint.Path + "?", AppEndpoint.Path + "?"];

    /// <summary>The address that repeats a site's request after the sign-in, without a demand to sign in again.</summary>
    public static string Of(OpenIddictRequest request)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in FieldsOf(request).Where(field => field.Key is not (Parameters.Prompt or Parameters.MaxAge)))
            query.Add(name, value);

        var left = string.Join(' ', request.GetPromptValues().Where(prompt => prompt is not (PromptValues.Login or PromptValues.SelectAccount)));
        if (left.Length > 0)
            query.Add(Parameters.Prompt, left);
        return AuthorizeEndpoint.Path + query.ToQueryString();
    }

    /// <summary>The parameters of a site's request, without what a page has added to them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> FieldsOf(OpenIddictRequest request) =>
        from parameter in request.GetParameters()
        where parameter.Key is not ConsentPage.Decision && !parameter.Key.StartsWith("__", StringComparison.Ordinal)
        let text = (string?)parameter.Value
        where text is not null
        select KeyValuePair.Create(parameter.Key, text);

    /// <summary>The address, when it is a site's request; otherwise null.</summary>
    public static string? Check(string? sent) =>
        sent is { Length: <= MaxLength } && Starts.Any(start => sent.StartsWith(start, StringComparison.Ordinal)) && sent.All(c => c is > ' ' and < '\x7f') ? sent : null;

    /// <summary>Who the site says will sign in, or nothing.</summary>
    public static string HintOf(string? address) =>
        address is not null && QueryOf(address).TryGetValue(Parameters.LoginHint, out var hint) ? hint.ToString() : "";

    /// <summary>The site that the browser continues to.</summary>
    public static async Task<Site?> FindSiteAsync(AuthDb db, string? address, CancellationToken cancellationToken)
    {
        if (address is null)
            return null;
        var query = QueryOf(address);
        return (query.TryGetValue(Parameters.ClientId, out var client) || query.TryGetValue(AppEndpoint.Parameter, out client)) && Guid.TryParseExact(client, "D", out var id)
            ? await Site.FindAsync(db, id, query.TryGetValue(Parameters.RedirectUri, out var redirect) ? redirect.ToString() : null, cancellationToken)
            : null;
    }

    private static Dictionary<string, StringValues> QueryOf(string address) => QueryHelpers.ParseQuery(address[address.IndexOf('?', StringComparison.Ordinal)..]);
}
