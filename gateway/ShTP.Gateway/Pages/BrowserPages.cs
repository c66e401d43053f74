using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ShTP.Gateway.Pages;

/// <summary>What a person sees who opens an address of the gateway in a browser.</summary>
internal sealed class BrowserPages(SchoolOptions school)
{
    private static readonly MediaTypeHeaderValue Html = new("text/html");

    /// <summary>Whether the request comes from the address line or a link of a browser, and not from a program.</summary>
    public static bool IsAskedFor(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Accept.Count > 0
        && request.GetTypedHeaders().Accept.Any(accepted => accepted.Quality is not 0 && !accepted.MatchesAllTypes && Html.IsSubsetOf(accepted));

    public Task ShowLandingAsync(HttpContext context) =>
        ShowAsync<LandingPage>(context, StatusCodes.Status200OK, new() { [nameof(LandingPage.WebClient)] = school.WebClientAddress });

    public Task ShowNotFoundAsync(HttpContext context) => ShowAsync<NotFoundPage>(context, StatusCodes.Status404NotFound, []);

    private Task ShowAsync<TPage>(HttpContext context, int status, Dictionary<string, object?> parameters)
        where TPage : IComponent
    {
        var texts = PageTexts.For(context.Request);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = $"default-src 'none'; style-src {PageStyle.Source}; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-cache";
        headers.ContentLanguage = texts.Language;
        headers.Vary = "Accept, Accept-Language";
        parameters[nameof(LandingPage.Texts)] = texts;
        parameters[nameof(LandingPage.School)] = school.Name.Length > 0 ? school.Name : texts.System;
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status }.ExecuteAsync(context);
    }
}
