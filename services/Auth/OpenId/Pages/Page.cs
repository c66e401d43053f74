using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ShTP.Auth.OpenId.Pages;

/// <summary>A page without scripts, with headers that allow none.</summary>
internal static class Page
{
    /// <summary>
    /// Responds with a page. Its form may also lead to <paramref name="site"/>, the origin of a site, because browsers
    /// apply the content policy to redirects after a form.
    /// </summary>
    public static IResult Show<TPage>(HttpContext context, Dictionary<string, object?> parameters, string? site = null, int status = StatusCodes.Status200OK)
        where TPage : IComponent
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src {Stylesheet.Source}; form-action 'self'{(site is null ? "" : " " + site)}; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // As the anti-forgery token of a form demands.
        headers.CacheControl = "no-cache, no-store";
        headers.ContentLanguage = context.RequestServices.GetRequiredService<Texts>().Language;
        headers.Vary = "Accept-Language, Cookie";
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true };
    }

    /// <summary>An error page.</summary>
    public static IResult Fault(HttpContext context, string text, string? detail = null) => Show<FaultPage>(
        context, new() { [nameof(FaultPage.Text)] = text, [nameof(FaultPage.Detail)] = detail }, status: StatusCodes.Status400BadRequest);

    /// <summary>The page that asks whether a site may know what it asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="action">Where the form is sent.</param>
    /// <param name="fields">The request of the site.</param>
    /// <param name="address">The address that asks again.</param>
    /// <param name="email">Who is asked.</param>
    /// <param name="site">Who asks.</param>
    /// <param name="scopes">What the site asks for.</param>
    public static IResult AskConsent(
        HttpContext context, string action, IEnumerable<KeyValuePair<string, string>> fields, string address, string email, Site site, IEnumerable<string> scopes) =>
        Show<ConsentPage>(context, new()
        {
            [nameof(ConsentPage.Action)] = action,
            [nameof(ConsentPage.Fields)] = fields,
            [nameof(ConsentPage.Address)] = address,
            [nameof(ConsentPage.Email)] = email,
            [nameof(ConsentPage.Site)] = site.Name,
            [nameof(ConsentPage.Origin)] = site.Origin,
            [nameof(ConsentPage.Scopes)] = scopes,
        }, site.Origin);
}
