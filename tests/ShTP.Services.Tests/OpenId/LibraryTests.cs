using System.Text.Json.Nodes;
using ShTP.Testing;
using Xunit;
using static ShTP.Services.Tests.Auth.AuthSystem;

namespace ShTP.Services.Tests.OpenId;

/// <summary>Signing in to sites that use libraries of npm, with a real browser.</summary>
public sealed class LibraryTests(OpenIdSystem system) : IClassFixture<OpenIdSystem>
{
    [Fact]
    public async Task OpenIdClient_SignsInRefreshesAndSignsOut()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await CreateSiteAsync(isPublic: false);
        var user = await RunAsync("openid-client.mjs", ["openid-client"], site.ClientId, site.Secret!, site.Redirect, email, Password);
        AssertWhole(user, id, email);
    }

    [Fact]
    public async Task OidcClientTs_InABrowser_SignsInRefreshesAndSignsOut()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await CreateSiteAsync(isPublic: true);
        var user = await RunAsync("oidc-client-ts.mjs", ["oidc-client-ts"], site.ClientId, site.Redirect, email, Password);
        AssertWhole(user, id, email);
    }

    [Fact]
    public async Task PassportOpenIdConnect_SignsIn()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await CreateSiteAsync(isPublic: false);
        var user = await RunAsync("passport.mjs", ["express", "express-session", "passport", "passport-openidconnect"], site.ClientId, site.Secret!, site.Redirect, email, Password);
        var profile = user["profile"]!;
        Assert.Equal((system.Gateway.AbsoluteUri, id.ToString(), "Ада Лавлейс", email), (
            (string)user["issuer"]!, (string)profile["id"]!, (string)profile["displayName"]!, (string)profile["emails"]![0]!["value"]!));
    }

    private async Task<Relying> CreateSiteAsync(bool isPublic)
    {
        var origin = $"http://127.0.0.1:{FreePort.Find()}";
        return await system.CreateSiteAsync(isPublic, redirect: $"{origin}/back", afterSignOut: $"{origin}/bye");
    }

    private async Task<JsonNode> RunAsync(string script, string[] packages, params string[] arguments) =>
        JsonNode.Parse(await NodeScript.RunInBrowserAsync(script, packages, [system.Gateway.AbsoluteUri, .. arguments]))!;

    private static void AssertWhole(JsonNode user, Guid id, string email) =>
        Assert.Equal((id.ToString(), "Ада Лавлейс", email, "student", "Python", 10), (
            (string)user["sub"]!, (string)user["name"]!, (string)user["email"]!, (string)user["role"]!, (string)user["group"]!, (int)user["class"]!));
}
