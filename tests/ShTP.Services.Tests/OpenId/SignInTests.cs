using System.Net;
using System.Text.Json.Nodes;
using Duende.IdentityModel.OidcClient;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ShTP.Auth.V1;
using ShTP.Services.Tests.Auth;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.OpenId;

/// <summary>Signing in to a site, through the gateway, as a client library and a browser do it.</summary>
public sealed class SignInTests(OpenIdSystem system) : IClassFixture<OpenIdSystem>
{
    [Fact]
    public async Task SignIn_ByAClientLibrary_TellsTheSiteWhoItIs()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync(isPublic: false);
        using var visitor = system.Visit();
        var client = ClientOf(site, visitor, async page =>
            await visitor.SubmitAsync(await visitor.SignInAsync(page, email, AuthSystem.Password), "/connect/authorize", "allow"));

        var result = await client.LoginAsync();

        Assert.True(!result.IsError, $"{result.Error}: {result.ErrorDescription}");
        var facts = result.User.Claims.ToLookup(claim => claim.Type, claim => claim.Value);
        Assert.Equal((id.ToString(), "Ада Лавлейс", "Ада", "Лавлейс", email, "student"), (
            facts["sub"].Single(), facts["name"].Single(), facts["given_name"].Single(), facts["family_name"].Single(), facts["email"].Single(), facts["role"].Single()));
        var fresh = await client.RefreshTokenAsync(result.RefreshToken);
        Assert.True(!fresh.IsError, $"{fresh.Error}: {fresh.ErrorDescription}");
        Assert.NotEqual(result.RefreshToken, fresh.RefreshToken);
        Assert.Equal(id.ToString(), (string)(await system.UserInfoAsync(fresh.AccessToken)).Ok().Json["sub"]!);
    }

    [Fact]
    public async Task SignIn_Again_AsksNothing()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        await OpenIdSystem.CodeAsync(visitor, site, email);

        var (address, verifier) = site.Request("openid email");
        var page = await visitor.OpenAsync(address);

        Assert.Equal(("of the site", null), (page["state"], page["error"]));
        (await system.ExchangeAsync(site, page["code"]!, verifier)).Ok();
        Assert.Single(await system.EntriesAsync(id, "Consent"));
        Assert.Equal(2, (await system.EntriesAsync(id, "SiteAccess")).Count);
        // More than was agreed to is asked for again.
        var narrow = await system.CreateSiteAsync();
        page = await visitor.SubmitAsync(await visitor.OpenAsync(narrow.Request("openid").Address), "/connect/authorize", "allow");
        Assert.NotNull(page["code"]);
        Assert.Contains("your e-mail address", (await visitor.OpenAsync(narrow.Request("openid email").Address)).Document.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_ScopeOpenIdAlone_TellsTheIdAlone()
    {
        var (id, email) = await system.CreatePersonAsync();
        var granted = await system.SignInAsync(await system.CreateSiteAsync(), email, "openid");

        var facts = (JsonObject)(await system.UserInfoAsync(granted.AccessToken)).Ok().Json;

        Assert.Equal(id.ToString(), (string)facts["sub"]!);
        Assert.Equal(["sub"], facts.Select(fact => fact.Key));
        Assert.Null(granted.Json["refresh_token"]);
    }

    [Fact]
    public async Task Discovery_ThroughTheGateway_LeadsToTheGateway()
    {
        var discovery = (await system.GetAsync("/.well-known/openid-configuration")).Ok().Json;
        var gateway = system.Gateway.AbsoluteUri;

        Assert.Equal(gateway, (string)discovery["issuer"]!);
        Assert.Equal(
            ["connect/authorize", "connect/token", "connect/userinfo", "connect/jwks"],
            new[] { "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri" }.Select(name => ((string)discovery[name]!).Replace(gateway, "", StringComparison.Ordinal)));
        Assert.Equal(["S256"], discovery["code_challenge_methods_supported"]!.AsArray().Select(method => (string)method!));
        Assert.Equal(["code"], discovery["response_types_supported"]!.AsArray().Select(type => (string)type!));
        Assert.Contains("RS256", discovery["id_token_signing_alg_values_supported"]!.AsArray().Select(algorithm => (string)algorithm!));
        // Another test may have rotated the keys: there is one of each algorithm at least.
        var keys = await KeysAsync("/connect/jwks");
        Assert.Equal(["ES256", "RS256"], keys.Select(key => (string)key["alg"]!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal((await KeysAsync("/.well-known/jwks.json")).Select(IdOf), keys.Where(key => (string)key["alg"]! == "ES256").Select(IdOf));
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/connect/jwks")]
    [InlineData("/sign-in")]
    public async Task Head_IsAnsweredAsGetWithoutABody(string path)
    {
        var answer = await system.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal((HttpStatusCode.OK, ""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb")]
    [InlineData("http://[::1]/cb", "http://[::1]:51234/cb")]
    [InlineData("http://127.0.0.1:8000/cb", "http://127.0.0.1:51234/cb")]
    public async Task SignIn_ProgramOfTheOwnComputer_MayListenOnAnyPort(string registered, string listens)
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync(redirect: registered);
        using var visitor = system.Visit();

        var running = site with { Redirect = listens };
        var (address, verifier) = running.Request();
        var page = await visitor.SignInAsync(await visitor.OpenAsync(address), email, AuthSystem.Password);
        Assert.Contains($"form-action 'self' {new Uri(listens).GetLeftPart(UriPartial.Authority)}", string.Join(' ', page.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        page = await visitor.SubmitAsync(page, "/connect/authorize", "allow");

        Assert.StartsWith($"{listens}?", page.Left!.OriginalString, StringComparison.Ordinal);
        (await system.ExchangeAsync(running, page["code"]!, verifier)).Ok();
        Assert.Equal("invalid_grant", (await system.ExchangeAsync(running with { Redirect = registered }, page["code"]!, verifier)).Error);
    }

    [Theory]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:51234/other")]
    [InlineData("http://127.0.0.1/cb", "https://127.0.0.1:51234/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.2:51234/cb")]
    [InlineData("http://localhost/cb", "http://localhost:51234/cb")]
    [InlineData("https://site.example/cb", "https://site.example:51234/cb")]
    public async Task SignIn_AnotherAddressThanTheRegisteredOne_IsRefused(string registered, string wanted)
    {
        var site = await system.CreateSiteAsync(redirect: registered);
        using var visitor = system.Visit();
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.OpenAsync((site with { Redirect = wanted }).Request().Address)).Status);
    }

    [Theory]
    [InlineData("scope", "openid everything profile")]
    [InlineData("audience", "https://api.example/")]
    [InlineData("resource", "https://api.example/")]
    public async Task SignIn_ParametersThatNobodyKnows_AreIgnored(string parameter, string value)
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (address, verifier) = site.Request("openid profile", (parameter, value));

        var page = await visitor.SubmitAsync(await visitor.SignInAsync(await visitor.OpenAsync(address), email, AuthSystem.Password), "/connect/authorize", "allow");
        var granted = new Granted((await system.ExchangeAsync(site, page["code"]!, verifier)).Ok().Json);

        Assert.Equal("Ада Лавлейс", (string)(await system.UserInfoAsync(granted.AccessToken)).Ok().Json["name"]!);
        Assert.DoesNotContain("everything", (string?)granted.Json["scope"] ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_ConfidentialClientWithoutProof_IsTaken()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync(isPublic: false);
        using var visitor = system.Visit();
        // As passport-openidconnect asks.
        var (address, _) = site.Request(changes: [("code_challenge", null), ("code_challenge_method", null), ("nonce", null)]);

        var page = await visitor.SubmitAsync(await visitor.SignInAsync(await visitor.OpenAsync(address), email, AuthSystem.Password), "/connect/authorize", "allow");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "authorization_code",
                ["code"] = page["code"]!,
                ["redirect_uri"] = site.Redirect,
                ["client_id"] = site.ClientId,
                ["client_secret"] = site.Secret!,
            }),
        };
        Assert.NotNull((await system.SendAsync(request)).Ok().Json["id_token"]);
    }

    [Fact]
    public async Task Revocation_OfARefreshToken_EndsIt()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var granted = await system.SignInAsync(site, email);
        var discovery = (await system.GetAsync("/.well-known/openid-configuration")).Ok().Json;

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri((string)discovery["revocation_endpoint"]!).PathAndQuery)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = granted.RefreshToken, ["client_id"] = site.ClientId }),
        };
        (await system.SendAsync(request)).Ok();

        Assert.Equal("invalid_grant", (await system.RefreshAsync(site, granted.RefreshToken)).Error);
    }

    [Fact]
    public async Task SignIn_SiteSaysWhoComes_HasTheAddressFilledIn()
    {
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var page = await visitor.OpenAsync(site.Request(changes: ("login_hint", "ada+\"x\"@example.org")).Address);
        Assert.Equal("ada+\"x\"@example.org", page.Document.QuerySelector("#email")!.GetAttribute("value"));
    }

    [Fact]
    public async Task SignIn_ScopeSchool_TellsGroupAndClassThatThePageSpokeOf()
    {
        var (_, email) = await system.CreatePersonAsync();
        var (_, teacher) = await system.CreatePersonAsync(Api.V1.Role.Teacher, learningClass: 0);
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (address, verifier) = site.Request("openid school");
        var asked = await visitor.SignInAsync(await visitor.OpenAsync(address), email, AuthSystem.Password);
        var page = await visitor.SubmitAsync(asked, "/connect/authorize", "allow");
        var granted = new Granted((await system.ExchangeAsync(site, page["code"]!, verifier)).Ok().Json);

        var facts = (JsonObject)(await system.UserInfoAsync(granted.AccessToken)).Ok().Json;
        var ofTeacher = (JsonObject)(await system.UserInfoAsync((await system.SignInAsync(site, teacher, "openid school")).AccessToken)).Ok().Json;

        Assert.Equal(["your id in ShTP", "your group and your class"], asked.Document.QuerySelectorAll("li").Select(item => item.TextContent));
        Assert.Equal(["sub", "group", "class"], facts.Select(fact => fact.Key));
        Assert.Equal(("Python", 10), ((string)facts["group"]!, (int)facts["class"]!));
        Assert.Equal(["sub", "group"], ofTeacher.Select(fact => fact.Key));
        Assert.Contains("school", (await system.GetAsync("/.well-known/openid-configuration")).Ok().Json["scopes_supported"]!.AsArray().Select(scope => (string)scope!));
    }

    [Fact]
    public async Task UserInfo_SaysWhatNoLetterHasProvenAndHowSomebodyIsCalled()
    {
        var (id, email) = await system.CreatePersonAsync();
        var granted = await system.SignInAsync(await system.CreateSiteAsync(), email);
        var facts = (await system.UserInfoAsync(granted.AccessToken)).Ok().Json;
        Assert.Equal((email, false, null), ((string)facts["email"]!, (bool)facts["email_verified"]!, facts["preferred_username"]));

        await system.SetNickNameAsync(id, "ada");

        Assert.Equal("ada", (string)(await system.UserInfoAsync(granted.AccessToken)).Ok().Json["preferred_username"]!);
    }

    [Fact]
    public async Task IdToken_IsSignedForTheSiteAndSaysSessionAndTime()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var granted = await system.SignInAsync(site, email);

        var token = await VerifyAsync(granted.IdToken, site);

        Assert.Equal((id.ToString(), "n"), (token.Subject, token.GetPayloadValue<string>("nonce")));
        Assert.Equal(system.Auth.Time.GetUtcNow().ToUnixTimeSeconds(), token.GetPayloadValue<long>("auth_time"), 5.0);
        var session = Guid.Parse(token.GetPayloadValue<string>("sid"));
        Assert.True(await system.Auth.QueryAsync(db => db.Sessions.AnyAsync(known => known.Id == session && known.UserId == id)));
        Assert.DoesNotContain(token.Claims, claim => claim.Type is "email" or "name" or "role" || IsInner(claim.Type));
        var renewed = await VerifyAsync((string)(await system.RefreshAsync(site, granted.RefreshToken)).Ok().Json["id_token"]!, site);
        Assert.DoesNotContain(renewed.Claims, claim => IsInner(claim.Type));
        var supported = (await system.GetAsync("/.well-known/openid-configuration")).Ok().Json["claims_supported"]!.AsArray().Select(claim => (string)claim!);
        var facts = ((JsonObject)(await system.UserInfoAsync(granted.AccessToken)).Ok().Json).Select(fact => fact.Key);
        Assert.Empty(facts.Concat(token.Claims.Select(claim => claim.Type)).Except(["nonce", "at_hash"]).Except(supported));
    }

    [Fact]
    public async Task Tokens_OfASite_OpenNothingOfTheApi()
    {
        var (_, email) = await system.CreatePersonAsync();
        var granted = await system.SignInAsync(await system.CreateSiteAsync(), email);

        foreach (var token in new[] { granted.AccessToken, granted.IdToken, granted.RefreshToken })
        {
            await Assert.ThrowsAsync<RpcException>(async () => await system.Auth.Client(token).ListSessionsAsync(new()));
            await Assert.ThrowsAsync<RpcException>(async () => await system.Auth.Client(token).RefreshAsync(new()));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync((await system.Auth.LogInAsync(email)).AccessToken)).Status);
    }

    [Fact]
    public async Task RotateSigningKey_NextIdToken_IsSignedByTheNewKeyAndTheOldOneVerifies()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var before = await system.SignInAsync(site, email);
        var (_, admin) = await system.CreatePersonAsync(Api.V1.Role.Admin);

        await system.Auth.Client((await system.Auth.LogInAsync(admin)).AccessToken).RotateSigningKeyAsync(new());
        var after = await system.RefreshAsync(site, before.RefreshToken);

        var (old, fresh) = (await VerifyAsync(before.IdToken, site), await VerifyAsync((string)after.Ok().Json["id_token"]!, site));
        Assert.NotEqual(old.Kid, fresh.Kid);
        Assert.Equal(IdOf((await KeysAsync("/connect/jwks"))[0]), fresh.Kid);
        Assert.Equal(4, (await KeysAsync("/connect/jwks")).Count);
    }

    [Fact]
    public async Task Consent_Denied_TellsTheSiteAndRemembersNothing()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var page = await visitor.SignInAsync(await visitor.OpenAsync(site.Request().Address), email, AuthSystem.Password);

        page = await visitor.SubmitAsync(page, "/connect/authorize", "deny");

        Assert.StartsWith(site.Redirect, page.Left!.OriginalString, StringComparison.Ordinal);
        Assert.Equal(("access_denied", "of the site", null), (page["error"], page["state"], page["code"]));
        Assert.False(await system.Auth.QueryAsync(db => db.Consents.AnyAsync(consent => consent.Subject == id.ToString())));
        Assert.NotNull((await visitor.OpenAsync(site.Request().Address)).Document.QuerySelector("button[value=allow]"));
    }

    [Fact]
    public async Task Consent_TakenBack_EndsTokensAndIsAskedForAgain()
    {
        var (_, email) = await system.CreatePersonAsync();
        var (site, other) = (await system.CreateSiteAsync(name: "Кружок"), await system.CreateSiteAsync());
        using var visitor = system.Visit();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);
        var granted = new Granted((await system.ExchangeAsync(site, code, verifier)).Ok().Json);
        system.Auth.Time.Advance(TimeSpan.FromMilliseconds(1));
        await visitor.SubmitAsync(await visitor.OpenAsync(other.Request("openid").Address), "/connect/authorize", "allow");
        var apps = system.Auth.Apps((await system.Auth.LogInAsync(email)).AccessToken);

        var consents = (await apps.ListConsentsAsync(new())).Consents;
        await apps.RevokeConsentAsync(new RevokeConsentRequest { AppId = site.ClientId });

        Assert.Equal([(site.ClientId, "Кружок"), (other.ClientId, "Library")], consents.Select(consent => (consent.AppId, consent.Name)));
        Assert.Equal(["email", "offline_access", "openid", "profile", "school"], consents[0].Scopes);
        Assert.Equal(other.ClientId, Assert.Single((await apps.ListConsentsAsync(new())).Consents).AppId);
        await AssertEndedAsync(site, granted);
        Assert.NotNull((await visitor.OpenAsync(site.Request().Address)).Document.QuerySelector("button[value=allow]"));
        await Failing.WithAsync(StatusCode.NotFound, async () => await apps.RevokeConsentAsync(new RevokeConsentRequest { AppId = site.ClientId }));
    }

    [Fact]
    public async Task Prompt_None_AnswersInsteadOfAsking()
    {
        var (_, email) = await system.CreatePersonAsync();
        var (site, other) = (await system.CreateSiteAsync(), await system.CreateSiteAsync());
        using var visitor = system.Visit();

        var stranger = await visitor.OpenAsync(site.Request(changes: ("prompt", "none")).Address);
        await OpenIdSystem.CodeAsync(visitor, site, email);
        var known = await visitor.OpenAsync(site.Request(changes: ("prompt", "none")).Address);
        var elsewhere = await visitor.OpenAsync(other.Request(changes: ("prompt", "none")).Address);

        Assert.Equal(("login_required", null, "consent_required"), (stranger["error"], known["error"], elsewhere["error"]));
        Assert.NotNull(known["code"]);
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("prompt", "select_account")]
    [InlineData("max_age", "60")]
    public async Task SignIn_SiteWantsAFreshOne_AsksForThePasswordAgain(string parameter, string value)
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        await OpenIdSystem.CodeAsync(visitor, site, email);
        system.Auth.Time.Advance(TimeSpan.FromSeconds(61));

        var asked = await visitor.OpenAsync(site.Request(changes: (parameter, value)).Address);
        var page = await visitor.SignInAsync(asked, email, AuthSystem.Password);

        Assert.NotNull(page["code"]);
    }

    [Theory]
    [InlineData("prompt", "consent")]
    [InlineData("prompt", "login consent")]
    public async Task SignIn_SiteWantsConsentAnew_IsAskedForIt(string parameter, string value)
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using (var before = system.Visit())
            await OpenIdSystem.CodeAsync(before, site, email);
        using var visitor = system.Visit();

        var page = await visitor.SignInAsync(await visitor.OpenAsync(site.Request(changes: (parameter, value)).Address), email, AuthSystem.Password);

        Assert.NotNull(page.Document.QuerySelector("button[value=allow]"));
    }

    [Fact]
    public async Task SignIn_AgeThatNobodyReaches_IsAPlainRequest()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        await OpenIdSystem.CodeAsync(visitor, site, email);

        Assert.NotNull((await visitor.OpenAsync(site.Request(changes: ("max_age", "9999999999999")).Address))["code"]);
    }

    [Fact]
    public async Task SetClient_Again_ReplacesTheSecret()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync(isPublic: false);
        using var visitor = system.Visit();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);
        var client = await system.Auth.Apps(site.OwnerToken).SetClientAsync(new SetClientRequest { Uuid = site.ClientId });

        var old = await system.ExchangeAsync(site, code, verifier);
        var fresh = await system.ExchangeAsync(site with { Secret = client.ClientSecret }, code, verifier);

        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (old.Status, old.Error));
        fresh.Ok();
        Assert.Equal("invalid_client", (await system.RefreshAsync(site with { Secret = null }, new Granted(fresh.Json).RefreshToken)).Error);
        Assert.DoesNotContain(client.ClientSecret, await system.Auth.QueryAsync(db => db.Clients.Select(known => known.ClientSecret).ToListAsync()));
    }

    [Fact]
    public async Task RemoveClient_EndsTokensAndConsents()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var granted = await system.SignInAsync(site, email);
        var apps = system.Auth.Apps(site.OwnerToken);

        await apps.RemoveClientAsync(new RemoveClientRequest { Uuid = site.ClientId });

        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync(granted.AccessToken)).Status);
        Assert.Equal("invalid_client", (await system.RefreshAsync(site, granted.RefreshToken)).Error);
        Assert.Empty((await system.Auth.Apps((await system.Auth.LogInAsync(email)).AccessToken).ListConsentsAsync(new())).Consents);
        await Failing.WithAsync(StatusCode.NotFound, async () => await apps.RemoveClientAsync(new RemoveClientRequest { Uuid = site.ClientId }));
    }

    [Fact]
    public async Task Client_OfSomebodyElse_IsDenied()
    {
        var site = await system.CreateSiteAsync();
        var (_, admin) = await system.CreatePersonAsync(Api.V1.Role.Admin);
        var apps = system.Auth.Apps((await system.Auth.LogInAsync(admin)).AccessToken);

        await Failing.WithAsync(StatusCode.PermissionDenied, async () => await apps.SetClientAsync(new SetClientRequest { Uuid = site.ClientId }));
        await Failing.WithAsync(StatusCode.PermissionDenied, async () => await apps.RemoveClientAsync(new RemoveClientRequest { Uuid = site.ClientId }));
    }

    [Fact]
    public async Task UpdateApp_NewRedirectUrl_IsTheOnlyOneThatWorks()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var moved = site with { Redirect = "https://moved.example/" };
        await system.Auth.Apps(site.OwnerToken).UpdateAppAsync(new UpdateAppRequest { Uuid = site.ClientId, RedirectUrl = moved.Redirect });
        using var visitor = system.Visit();

        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.OpenAsync(site.Request().Address)).Status);
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, moved, email);
        (await system.ExchangeAsync(moved, code, verifier)).Ok();
    }

    [Fact]
    public async Task ExportUser_Agreed_HoldsTheConsent()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        await system.SignInAsync(site, email);

        using var call = system.Auth.Internal().ExportUser(new Api.V1.ExportUserRequest { UserId = id.ToString() });
        var text = "";
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
            text += piece.Path == "consents.json" ? piece.Content.ToStringUtf8() : "";

        Assert.Equal(site.ClientId, (string)Assert.Single(JsonNode.Parse(text)!.AsArray())!["appId"]!);
    }

    // OpenIddict's own notes in its tokens.
    private static bool IsInner(string claim) => claim.StartsWith("oi_", StringComparison.Ordinal);

    private OidcClient ClientOf(Relying site, Visitor visitor, Func<Page, Task<Page>> act) => new(new OidcClientOptions
    {
        Authority = system.Gateway.AbsoluteUri,
        ClientId = site.ClientId,
        ClientSecret = site.Secret,
        RedirectUri = site.Redirect,
        Scope = OpenIdSystem.AllScopes,
        Browser = new ScriptedBrowser(visitor, act),
        LoadProfile = true,
    });

    private async Task AssertEndedAsync(Relying site, Granted granted)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync(granted.AccessToken)).Status);
        var refused = await system.RefreshAsync(site, granted.RefreshToken);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Error));
    }

    private async Task<IReadOnlyList<JsonNode>> KeysAsync(string path) => [.. (await system.GetAsync(path)).Ok().Json["keys"]!.AsArray().Select(key => key!)];

    private static string IdOf(JsonNode key) => (string)key["kid"]!;

    private async Task<JsonWebToken> VerifyAsync(string token, Relying site)
    {
        var keys = new JsonWebKeySet((await system.GetAsync("/connect/jwks")).Ok().Text);
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = system.Gateway.AbsoluteUri,
            ValidAudience = site.ClientId,
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            LifetimeValidator = (notBefore, expires, _, _) => expires > system.Auth.Time.GetUtcNow().UtcDateTime,
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        return (JsonWebToken)result.SecurityToken;
    }
}
