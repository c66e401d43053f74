using System.Net;
using System.Net.Http.Headers;
using Duende.IdentityModel.OidcClient;
using Duende.IdentityModel.OidcClient.Browser;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>Signing in to a site by OpenID Connect, as the AppHost has wired it.</summary>
[Collection(CalmSystem.Name)]
public sealed class OpenIdTests(RunningSystem system)
{
    private const string Redirect = "https://site.example/back";

    [Fact]
    public async Task SignIn_ToASite_TellsWhoItIsUntilTheUserIsDeleted()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        var id = await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var app = (string)(await admin.PutAsync("/api/v1/oauth", new { name = "Library", redirect_url = Redirect })).Ok()["uuid"]!;
        var secret = (string)(await admin.PutAsync($"/api/v1/oauth/apps/{app}/client", new { })).Ok()["client_secret"]!;
        var gateway = admin.Http.BaseAddress!;
        using var visitor = new Visitor(gateway);
        var client = new OidcClient(new OidcClientOptions
        {
            Authority = gateway.AbsoluteUri,
            ClientId = app,
            ClientSecret = secret,
            RedirectUri = Redirect,
            Scope = "openid profile email offline_access",
            Browser = new ScriptedBrowser(visitor, async page => await visitor.SubmitAsync(
                await visitor.SignInAsync(page, email, School.Password), "/connect/authorize", "allow")),
        });

        var result = await client.LoginAsync();

        Assert.True(!result.IsError, $"{result.Error}: {result.ErrorDescription}");
        Assert.Equal((id, "Ada Lovelace", email), (result.User.FindFirst("sub")!.Value, result.User.FindFirst("name")!.Value, result.User.FindFirst("email")!.Value));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(admin.Http, result.AccessToken));

        (await admin.DeleteAsync($"/api/v1/users/{id}")).Ok();

        await Eventually.HoldsAsync(async () => await AskAsync(admin.Http, result.AccessToken) == HttpStatusCode.Unauthorized,
            "the deleted user's token stops working", TimeSpan.FromSeconds(10));
        Assert.True((await client.RefreshTokenAsync(result.RefreshToken)).IsError);
        (await admin.DeleteAsync($"/api/v1/oauth/apps/{app}")).Ok();
    }

    [Fact]
    public async Task OneTimeToken_OfAnApp_TellsTheSiteOnce()
    {
        var admin = await system.AdminAsync();
        var app = (string)(await admin.PutAsync("/api/v1/oauth/create_app", new { name = "Library", redirect_url = Redirect + "?a=b" })).Ok()["uuid"]!;

        var given = (await admin.SendAsync(HttpMethod.Post, "/api/v1/oauth/provide_access", new { app_id = app })).Ok();
        var first = (await system.Anonymous().GetAsync($"/api/v1/oauth/get_user/{given["oauth_access_token"]}?app_id={app}")).Ok();
        var second = (await system.Anonymous().GetAsync($"/api/v1/oauth/get_user/{given["oauth_access_token"]}?app_id={app}")).Ok();

        Assert.Equal($"{Redirect}?a=b&access_token={given["oauth_access_token"]}", (string)given["redirect_to"]!);
        Assert.Equal((true, (string)(await admin.GetAsync("/api/v1/auth/me")).Ok()["uuid"]!), ((bool)first["status"]!, (string)first["user_id"]!));
        Assert.Equal((false, "The token is unknown, used or expired"), ((bool)second["status"]!, second.Detail));
        Assert.Contains((System.Text.Json.Nodes.JsonArray)(await admin.GetAsync("/api/v1/users/my_apps")).Ok().Json!, row => (string)row!["id"]! == app && (string)row["redirect_url"]! == Redirect + "?a=b");
        (await admin.DeleteAsync($"/api/v1/oauth/apps/{app}")).Ok();
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request).WaitAsync(RunningSystem.StepLimit);
        return response.StatusCode;
    }

    private sealed class ScriptedBrowser(Visitor visitor, Func<Page, Task<Page>> act) : IBrowser
    {
        public async Task<BrowserResult> InvokeAsync(BrowserOptions options, CancellationToken cancellationToken = default)
        {
            var page = await act(await visitor.OpenAsync(options.StartUrl));
            return new BrowserResult { ResultType = BrowserResultType.Success, Response = page.Left!.OriginalString };
        }
    }
}
