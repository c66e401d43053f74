using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.WebUtilities;

namespace ShTP.Testing;

/// <summary>What a browser got: a page of the gateway, or the address of a site that it was sent to.</summary>
public sealed record Page(HttpStatusCode Status, IHtmlDocument Document, HttpResponseHeaders Headers, Uri? Left)
{
    public string Title => Document.QuerySelector("h1")?.TextContent ?? "";

    public string? Alert => Document.QuerySelector("[role=alert]")?.TextContent;

    /// <summary>A parameter of the address that the browser was sent to.</summary>
    public string? this[string name] =>
        Left is not null && QueryHelpers.ParseQuery(Left.Query).TryGetValue(name, out var value) ? value.ToString() : null;
}

/// <summary>A browser without scripts: cookies, redirects and forms.</summary>
public sealed class Visitor : IDisposable
{
    private const int MaxRedirects = 10;

    private readonly HttpClient _http;

    public Visitor(Uri gateway, string language = "en")
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(30) };
        _http.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);
    }

    public Task<Page> OpenAsync(string address) => FollowAsync(new HttpRequestMessage(HttpMethod.Get, address));

    /// <summary>Fills the form with this action in and presses a button.</summary>
    public Task<Page> SubmitAsync(Page page, string action, string? button = null, params (string Name, string Value)[] typed)
    {
        var form = page.Document.Forms.SingleOrDefault(form => form.GetAttribute("action") == action)
            ?? throw new InvalidOperationException($"No form for {action} in the answer {(int)page.Status}, {page.Left}: {page.Document.Body?.TextContent}");
        var fields = form.QuerySelectorAll<IHtmlInputElement>("input").ToDictionary(input => input.Name!, input => input.Value);
        foreach (var (name, value) in typed)
            fields[name] = value;
        if (button is not null)
        {
            var pressed = form.QuerySelectorAll<IHtmlButtonElement>("button").Single(known => known.Value == button);
            fields[pressed.Name!] = pressed.Value;
        }

        return PostAsync(action, fields);
    }

    public Task<Page> PostAsync(string address, IEnumerable<KeyValuePair<string, string>> fields) =>
        FollowAsync(new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields) });

    public Task<Page> SignInAsync(Page page, string email, string password) =>
        SubmitAsync(page, "/sign-in", null, ("email", email), ("password", password));

    public void Dispose() => _http.Dispose();

    private async Task<Page> FollowAsync(HttpRequestMessage request)
    {
        for (var i = 0; i < MaxRedirects; i++)
        {
            var (page, next) = await SendAsync(request);
            if (page is not null)
                return page;
            request = new HttpRequestMessage(HttpMethod.Get, next);
        }

        throw new InvalidOperationException($"More than {MaxRedirects} redirects.");
    }

    private async Task<(Page? Page, Uri? Next)> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request);
            var next = response.Headers.Location is { } location ? new Uri(request.RequestUri!, location) : null;
            if (next is not null && next.Authority == _http.BaseAddress!.Authority)
                return (null, next);
            var document = new HtmlParser().ParseDocument(await response.Content.ReadAsStringAsync());
            return (new Page(response.StatusCode, document, response.Headers, next), next);
        }
    }
}
