using System.Net;
using Grpc.Core;
using ShTP.Auth.V1;
using ShTP.Services.Tests.Auth;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.OpenId;

/// <summary>Signing out for a site, through the gateway, as client libraries ask for it.</summary>
public sealed class SignOutTests(OpenIdSystem system) : IClassFixture<OpenIdSystem>
{
    [Fact]
    public async Task SignOut_WithTheIdTokenOfTheSession_EndsItAndGoesBackToTheSite()
    {
        using var visitor = system.Visit();
        var (site, granted) = await SignInAsync(visitor);

        var page = await visitor.OpenAsync(await AddressAsync(("id_token_hint", granted.IdToken), ("post_logout_redirect_uri", OpenIdSystem.AfterSignOut), ("state", "of the site")));

        Assert.StartsWith(OpenIdSystem.AfterSignOut, page.Left?.OriginalString, StringComparison.Ordinal);
        Assert.Equal("of the site", page["state"]);
        await AssertEndedAsync(visitor, site, granted);
    }

    [Fact]
    public async Task SignOut_WithoutProofOfTheSession_AsksFirst()
    {
        using var visitor = system.Visit();
        var (site, granted) = await SignInAsync(visitor);
        using var stranger = system.Visit();
        var (_, foreign) = await SignInAsync(stranger);
        var address = await AddressAsync(("id_token_hint", foreign.IdToken), ("client_id", null), ("post_logout_redirect_uri", OpenIdSystem.AfterSignOut));

        var asked = await visitor.OpenAsync(address);
        (await system.UserInfoAsync(granted.AccessToken)).Ok();
        var page = await visitor.SubmitAsync(asked, "/connect/logout", "sign-out");

        Assert.StartsWith(OpenIdSystem.AfterSignOut, page.Left?.OriginalString, StringComparison.Ordinal);
        await AssertEndedAsync(visitor, site, granted);
        (await system.UserInfoAsync(foreign.AccessToken)).Ok();
    }

    [Fact]
    public async Task SignOut_ForNoSite_LeadsToTheSignInPage()
    {
        using var visitor = system.Visit();
        var (_, granted) = await SignInAsync(visitor);
        var page = await visitor.SubmitAsync(await visitor.OpenAsync("/connect/logout"), "/connect/logout", "sign-out");
        Assert.Equal("Sign in to ShTP", page.Title);
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync(granted.AccessToken)).Status);
        // Nobody is left to be signed out.
        Assert.Equal("Sign in to ShTP", (await visitor.OpenAsync("/connect/logout")).Title);
    }

    [Fact]
    public async Task SignOut_ToAnAddressThatIsNotRegistered_IsRefused()
    {
        using var visitor = system.Visit();
        var (_, granted) = await SignInAsync(visitor);
        var page = await visitor.OpenAsync(await AddressAsync(("id_token_hint", granted.IdToken), ("post_logout_redirect_uri", "https://evil.example/")));
        Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Left));
        (await system.UserInfoAsync(granted.AccessToken)).Ok();
    }

    [Fact]
    public async Task SetClient_AddressesAfterSigningOutThatAreNone_AreNamed()
    {
        var site = await system.CreateSiteAsync();
        var apps = system.Auth.Apps(site.OwnerToken);
        var one = await Failing.WithAsync(StatusCode.InvalidArgument, async () => await apps.SetClientAsync(new SetClientRequest { Uuid = site.ClientId, PostLogoutUrls = { "/bye" } }));
        Assert.Equal("post_logout_urls: must be an absolute URL", one.Status.Detail);
        var many = new SetClientRequest { Uuid = site.ClientId, PostLogoutUrls = { Enumerable.Range(0, 11).Select(i => $"https://site.example/{i}") } };
        Assert.Equal("post_logout_urls: must have at most 10 items", (await Failing.WithAsync(StatusCode.InvalidArgument, async () => await apps.SetClientAsync(many))).Status.Detail);
    }

    private async Task<(Relying Site, Granted Granted)> SignInAsync(Visitor visitor)
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);
        return (site, new Granted((await system.ExchangeAsync(site, code, verifier)).Ok().Json));
    }

    private async Task<string> AddressAsync(params (string Name, string? Value)[] query)
    {
        var discovery = (await system.GetAsync("/.well-known/openid-configuration")).Ok().Json;
        var path = new Uri((string)discovery["end_session_endpoint"]!).AbsolutePath;
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(path, query.Where(field => field.Value is not null).ToDictionary(field => field.Name, field => field.Value));
    }

    private async Task AssertEndedAsync(Visitor visitor, Relying site, Granted granted)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync(granted.AccessToken)).Status);
        Assert.Equal("login_required", (await visitor.OpenAsync(site.Request(changes: ("prompt", "none")).Address))["error"]);
    }
}
