using System.Net;
using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Services.Tests.Auth;
using Xunit;

namespace ShTP.Services.Tests.OpenId;

/// <summary>The consent page of one-time tokens, through the gateway.</summary>
public sealed class AppConsentTests(OpenIdSystem system) : IClassFixture<OpenIdSystem>
{
    private const string Path = "/connect/app";

    [Fact]
    public async Task Allow_AfterTheSignIn_SendsATokenThatNamesThePersonOnce()
    {
        var (id, email) = await system.CreatePersonAsync();
        var app = await CreateAsync();
        using var visitor = system.Visit();

        var signIn = await visitor.OpenAsync($"{Path}?app_id={app.Uuid}");
        var asked = await visitor.SignInAsync(signIn, email, AuthSystem.Password);
        var page = await visitor.SubmitAsync(asked, Path, "allow");

        Assert.Equal(("Sign in to “Library” with ShTP", "Sign in to “Library”?"), (signIn.Title, asked.Title));
        Assert.Equal(["your id in ShTP"], asked.Document.QuerySelectorAll("li").Select(item => item.TextContent));
        Assert.Contains("https://site.example", asked.Document.QuerySelector("main p")!.TextContent, StringComparison.Ordinal);
        Assert.Contains(email, asked.Document.QuerySelector("footer")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' https://site.example;", Assert.Single(asked.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.False(asked.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.StartsWith($"{OpenIdSystem.Redirect}&access_token=", page.Left?.OriginalString, StringComparison.Ordinal);
        var first = await ResolveAsync(app, page["access_token"]!);
        var second = await ResolveAsync(app, page["access_token"]!);
        Assert.Equal((true, id.ToString(), false), (first.Status, first.UserId, second.Status));

        var access = Assert.Single(await system.EntriesAsync(id, "SiteAccess"));
        Assert.Equal((id.ToString(), "App", app.Uuid, true), (access.ActorId, access.ObjectKind, access.ObjectId, access.HasAddress));
        Assert.DoesNotContain(page["access_token"]!, access.ToString(), StringComparison.Ordinal);

        // It is asked each time.
        Assert.Equal(asked.Title, (await visitor.OpenAsync($"{Path}?app_id={app.Uuid}")).Title);
    }

    [Fact]
    public async Task Deny_TellsTheSiteAndMakesNoToken()
    {
        var (id, email) = await system.CreatePersonAsync();
        var app = await CreateAsync();
        using var visitor = system.Visit();
        var asked = await visitor.SignInAsync(await visitor.OpenAsync($"{Path}?app_id={app.Uuid}"), email, AuthSystem.Password);

        var page = await visitor.SubmitAsync(asked, Path, "deny");

        Assert.Equal($"{OpenIdSystem.Redirect}&error=access_denied", page.Left?.OriginalString);
        Assert.Empty(await system.EntriesAsync(id, "SiteAccess"));
        Assert.False(await system.Auth.QueryAsync(db => db.AppTokens.AnyAsync(token => token.UserId == id)));
    }

    [Fact]
    public async Task Allow_WithoutThePage_MakesNoToken()
    {
        var (id, email) = await system.CreatePersonAsync();
        var app = await CreateAsync();
        using var visitor = system.Visit();
        var asked = await visitor.SignInAsync(await visitor.OpenAsync($"{Path}?app_id={app.Uuid}"), email, AuthSystem.Password);

        var forged = await visitor.PostAsync(Path, new Dictionary<string, string> { ["app_id"] = app.Uuid, ["decision"] = "allow" });
        await visitor.SubmitAsync(asked, "/sign-out");
        var late = await visitor.SubmitAsync(asked, Path, "allow");

        Assert.All([forged, late], page => Assert.Equal((HttpStatusCode.BadRequest, "The page is too old. Go back to the site and start again."), (page.Status, page.Alert)));
        Assert.False(await system.Auth.QueryAsync(db => db.AppTokens.AnyAsync(token => token.UserId == id)));
    }

    [Fact]
    public async Task Allow_AnAppThatMovedMeanwhile_AsksForTheNewAddress()
    {
        var (id, email) = await system.CreatePersonAsync();
        var (_, owner) = await system.CreatePersonAsync();
        var apps = system.Auth.Apps((await system.Auth.LogInAsync(owner)).AccessToken);
        var app = await apps.CreateAppAsync(new CreateAppRequest { Name = "Library", RedirectUrl = OpenIdSystem.Redirect });
        using var visitor = system.Visit();
        var asked = await visitor.SignInAsync(await visitor.OpenAsync($"{Path}?app_id={app.Uuid}"), email, AuthSystem.Password);
        await apps.UpdateAppAsync(new UpdateAppRequest { Uuid = app.Uuid, RedirectUrl = "https://other.example/" });

        var again = await visitor.SubmitAsync(asked, Path, "allow");

        Assert.Null(again.Left);
        Assert.Contains("https://other.example", again.Document.QuerySelector("main p")!.TextContent, StringComparison.Ordinal);
        Assert.False(await system.Auth.QueryAsync(db => db.AppTokens.AnyAsync(token => token.UserId == id)));
        Assert.StartsWith("https://other.example/?access_token=", (await visitor.SubmitAsync(again, Path, "allow")).Left?.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?app_id=x")]
    [InlineData("?app_id=01890000-0000-7000-8000-000000000000")]
    [InlineData("?app_id=%00")]
    public async Task Ask_ForNoApp_IsRefused(string query)
    {
        using var visitor = system.Visit();
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.OpenAsync(Path + query)).Status);
    }

    private async Task<App> CreateAsync()
    {
        var (_, owner) = await system.CreatePersonAsync();
        return await system.Auth.Apps((await system.Auth.LogInAsync(owner)).AccessToken).CreateAppAsync(new CreateAppRequest { Name = "Library", RedirectUrl = OpenIdSystem.Redirect });
    }

    private async Task<ResolveAccessResponse> ResolveAsync(App app, string token) =>
        await system.Auth.Apps().ResolveAccessAsync(new ResolveAccessRequest { Token = token, AppId = app.Uuid });
}
