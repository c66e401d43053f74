using System.Net;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace ShTP.Services.Tests.OpenId;

/// <summary>Faulty requests of sites, through the gateway: the site learns of the fault where that is safe.</summary>
public sealed class ProtocolErrorTests(OpenIdSystem system) : IClassFixture<OpenIdSystem>
{
    public static TheoryData<string, string?, string> Faults => new()
    {
        { "prompt", "create", "invalid_request" },
        { "prompt", "none login", "invalid_request" },
        { "response_type", "token", "unsupported_response_type" },
        { "response_type", "id_token", "unsupported_response_type" },
        { "response_type", "code id_token", "unsupported_response_type" },
        { "response_type", "whatever", "unsupported_response_type" },
        { "response_type", null, "invalid_request" },
        { "response_mode", "whatever", "invalid_request" },
        { "request", "e30.e30.", "request_not_supported" },
        { "request_uri", "https://site.example/request", "request_uri_not_supported" },
        { "code_challenge", null, "invalid_request" },
        { "code_challenge_method", "plain", "invalid_request" },
        { "code_challenge_method", null, "invalid_request" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Authorize_FaultyRequestOfAKnownSite_TellsTheSite(string parameter, string? value, string error)
    {
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();

        var page = await visitor.OpenAsync(site.Request(changes: (parameter, value)).Address);

        Assert.True(page.Left is not null, $"{page.Title}: {page.Document.QuerySelector("small")?.TextContent}");
        Assert.StartsWith(site.Redirect, page.Left.OriginalString, StringComparison.Ordinal);
        var told = ToldTo(page.Left);
        Assert.Equal((error, "of the site", system.Gateway.AbsoluteUri), (told["error"], told["state"], told["iss"]));
        Assert.DoesNotContain("code", told.Keys);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Authorize_FaultyRequestOfNoSite_GoesNowhere(string parameter, string? value, string error)
    {
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        (string, string?)[] strangers = [("redirect_uri", "https://evil.example/"), ("client_id", Guid.NewGuid().ToString()), ("client_id", null), ("redirect_uri", null), ("redirect_uri", "/back")];

        foreach (var stranger in strangers)
        {
            var page = await visitor.OpenAsync(site.Request(changes: [(parameter, value), stranger]).Address);
            Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Left));
            Assert.True(page.Alert is { Length: > 0 }, $"{error}: no page");
        }
    }

    [Fact]
    public async Task Authorize_FaultAndAnAnswerByForm_IsPosted()
    {
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var page = await visitor.OpenAsync(site.Request(changes: [("prompt", "create"), ("response_mode", "form_post")]).Address);
        var form = Assert.Single(page.Document.Forms);
        Assert.Equal(site.Redirect, form.GetAttribute("action"));
        Assert.Equal("invalid_request", form.QuerySelector("[name=error]")!.GetAttribute("value"));
    }

    // An answer to a request for tokens is in the fragment (OAuth 2.0 Multiple Response Types 5).
    private static Dictionary<string, string> ToldTo(Uri left) =>
        QueryHelpers.ParseQuery(left.Fragment.Length > 0 ? $"?{left.Fragment[1..]}" : left.Query).ToDictionary(entry => entry.Key, entry => entry.Value.ToString());
}
