using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ShTP.Localization;

namespace ShTP.Rpc.Readers;

/// <summary>
/// The language of the texts in a response, as <see cref="CultureInfo.CurrentUICulture"/> of the request: the one that
/// Accept-Language prefers (RFC 9110, 12.5.4), otherwise Russian for the existing clients, which show texts to their
/// users as they are, and English for programs.
/// </summary>
/// <remarks>
/// Not by the middleware of ASP.NET Core: it looks at three languages of the header, takes <c>q=0</c> for acceptance, and
/// parses in every call.
/// </remarks>
public sealed class RequestLanguage : IStartupFilter
{
    // The HTTP library of the Android client.
    private const string OkHttp = "okhttp/";

    /// <summary>First of all, since a refused call has a text, too.</summary>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(following => context => Of(context.Request) is var language && language.Equals(Languages.English)
            ? following(context)
            : RunAsync(following, context, language));
        next(app);
    };

    /// <summary>The language for the sender of a request.</summary>
    public static CultureInfo Of(HttpRequest request) =>
        Preferred(request.Headers.AcceptLanguage) ?? (IsForPeople(request.Headers) ? Languages.Russian : Languages.English);

    /// <summary>The language of a page, which only people read.</summary>
    public static CultureInfo OfPage(HttpRequest request) => Preferred(request.Headers.AcceptLanguage) ?? Languages.Russian;

    // Asynchronous, so that the language ends with the request.
    private static async Task RunAsync(RequestDelegate next, HttpContext context, CultureInfo language)
    {
        CultureInfo.CurrentUICulture = language;
        await next(context);
    }

    private static CultureInfo? Preferred(StringValues accepted)
    {
        if (accepted.Count == 0)
            return null;
        // As browsers send it the first language has no quality, so no other one is better.
        var first = accepted[0].AsSpan();
        var end = first.IndexOfAny(',', ';');
        if ((end < 0 || first[end] == ',') && Find(end < 0 ? first : first[..end]) is { } plain)
            return plain;
        if (!StringWithQualityHeaderValue.TryParseList(accepted, out var ranges))
            return null;
        // The order of equal ones is the client's.
        foreach (var range in ranges.Where(range => range.Quality is null or > 0).OrderByDescending(range => range.Quality ?? 1))
        {
            if (range.Value == "*")
                return null;
            if (Find(range.Value.AsSpan()) is { } known)
                return known;
        }

        return null;
    }

    private static CultureInfo? Find(ReadOnlySpan<char> range)
    {
        range = range.Trim();
        var region = range.IndexOf('-');
        var language = region < 0 ? range : range[..region];
        return language.Equals("ru", StringComparison.OrdinalIgnoreCase) ? Languages.Russian
            : language.Equals("en", StringComparison.OrdinalIgnoreCase) ? Languages.English
            : null;
    }

    // A page of any site: browsers add one of the two to every call of a script.
    private static bool IsForPeople(IHeaderDictionary headers) =>
        headers.Origin.Count > 0 || headers.ContainsKey("Sec-Fetch-Site") || headers.UserAgent.ToString().StartsWith(OkHttp, StringComparison.OrdinalIgnoreCase);
}
