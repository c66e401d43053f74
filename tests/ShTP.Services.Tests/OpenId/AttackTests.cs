using System.Net;
using Microsoft.EntityFrameworkCore;
using ShTP.Auth.V1;
using ShTP.Api.V1;
using ShTP.Services.Tests.Auth;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.OpenId;

/// <summary>What must not work, and what must stop working.</summary>
public sealed class AttackTests(OpenIdSystem system) : IClassFixture<OpenIdSystem>
{
    [Fact]
    public async Task Authorize_OtherRedirectUri_GoesNowhere()
    {
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        string?[] wrong = ["https://evil.example/", site.Redirect + "&x=1", "https://site.example/back", "https://site.example/back/?from=shtp", "HTTPS://site.example/back?from=shtp", null];
        foreach (var redirect in wrong)
        {
            var page = await visitor.OpenAsync(site.Request(changes: ("redirect_uri", redirect)).Address);
            Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Left));
            Assert.NotEmpty(page.Alert!);
        }
    }

    [Fact]
    public async Task Authorize_UnknownClient_IsRefused()
    {
        using var visitor = system.Visit();
        var site = await system.CreateSiteAsync();
        foreach (var client in new[] { Guid.NewGuid().ToString(), "x", "" })
            Assert.Equal(HttpStatusCode.BadRequest, (await visitor.OpenAsync(site.Request(changes: ("client_id", client)).Address)).Status);
    }

    [Theory]
    [InlineData("/connect/authorize?client_id=%00")]
    [InlineData("/sign-in?return=%00")]
    public async Task Address_WithAZeroCharacter_IsRefused(string address)
    {
        using var visitor = system.Visit();
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.OpenAsync(address)).Status);
    }

    [Fact]
    public async Task Code_WrongVerifier_IsRefused()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (code, _) = await OpenIdSystem.CodeAsync(visitor, site, email);
        var (_, other) = site.Request();

        var refused = await system.ExchangeAsync(site, code, other);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Error));
    }

    [Fact]
    public async Task Code_OfAnotherSiteOrRedirect_IsRefused()
    {
        var (_, email) = await system.CreatePersonAsync();
        var (site, thief) = (await system.CreateSiteAsync(), await system.CreateSiteAsync());
        using var visitor = system.Visit();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);

        Assert.Equal("invalid_grant", (await system.ExchangeAsync(thief, code, verifier)).Error);
        Assert.Equal("invalid_grant", (await system.ExchangeAsync(site with { Redirect = "https://evil.example/" }, code, verifier)).Error);
    }

    [Fact]
    public async Task Code_UsedTwice_EndsWhatTheFirstUseGave()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);
        var granted = new Granted((await system.ExchangeAsync(site, code, verifier)).Ok().Json);

        Assert.Equal("invalid_grant", (await system.ExchangeAsync(site, code, verifier)).Error);

        await AssertEndedAsync(site, granted);
    }

    [Fact]
    public async Task Code_TwentyUsesAtOnce_OneGetsTokensAtMost()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => system.ExchangeAsync(site, code, verifier)));

        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.OK), 0, 1);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_grant", answer.Error));
    }

    [Fact]
    public async Task Code_AMinuteOld_IsRefused()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);

        system.Auth.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal("invalid_grant", (await system.ExchangeAsync(site, code, verifier)).Error);
    }

    [Fact]
    public async Task RefreshToken_UsedTwice_EndsTheWholeFamily()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var first = await system.SignInAsync(site, email);
        var second = new Granted((await system.RefreshAsync(site, first.RefreshToken)).Ok().Json);
        var third = new Granted((await system.RefreshAsync(site, second.RefreshToken)).Ok().Json);
        (await system.UserInfoAsync(third.AccessToken)).Ok();

        Assert.Equal("invalid_grant", (await system.RefreshAsync(site, first.RefreshToken)).Error);

        await AssertEndedAsync(site, third);
    }

    [Fact]
    public async Task RefreshToken_OfAnotherSite_IsRefused()
    {
        var (_, email) = await system.CreatePersonAsync();
        var (site, thief) = (await system.CreateSiteAsync(), await system.CreateSiteAsync());
        var granted = await system.SignInAsync(site, email);

        Assert.Equal("invalid_grant", (await system.RefreshAsync(thief, granted.RefreshToken)).Error);
    }

    [Fact]
    public async Task Session_Revoked_EndsTokensAndTheBrowsersCookie()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (code, verifier) = await OpenIdSystem.CodeAsync(visitor, site, email);
        var granted = new Granted((await system.ExchangeAsync(site, code, verifier)).Ok().Json);
        var (address, proof) = site.Request();
        var pending = (await visitor.OpenAsync(address))["code"]!;
        var client = system.Auth.Client((await system.Auth.LogInAsync(email)).AccessToken);
        var session = Assert.Single((await client.ListSessionsAsync(new())).Sessions, session => !session.Current);

        await client.RevokeSessionAsync(new RevokeSessionRequest { Uuid = session.Uuid });

        await AssertEndedAsync(site, granted);
        Assert.Equal("invalid_grant", (await system.ExchangeAsync(site, pending, proof)).Error);
        Assert.NotNull((await visitor.OpenAsync(site.Request().Address)).Document.QuerySelector("input[type=password]"));
    }

    [Fact]
    public async Task Password_Changed_EndsTokens()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var granted = await system.SignInAsync(site, email);

        await system.Auth.Internal().ChangePasswordAsync(id, AuthSystem.Password, "another long one", Guid.NewGuid());

        await AssertEndedAsync(site, granted);
    }

    [Fact]
    public async Task User_Deleted_LeavesNothing()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var granted = await system.SignInAsync(site, email);

        await system.Auth.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = id.ToString() }, AuthSystem.Message());

        await AssertEndedAsync(site, granted);
        Assert.False(await system.Auth.QueryAsync(db => db.Consents.AnyAsync(consent => consent.Subject == id.ToString())));
    }

    [Fact]
    public async Task Owner_Deleted_TakesTheSiteAlong()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        var granted = await system.SignInAsync(site, email);
        var owner = AuthSystem.Claim(site.OwnerToken, "sub");

        await system.Auth.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = owner }, AuthSystem.Message());

        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync(granted.AccessToken)).Status);
        Assert.Equal("invalid_client", (await system.RefreshAsync(site, granted.RefreshToken)).Error);
    }

    [Fact]
    public async Task AccessToken_TooOld_IsRefused()
    {
        var (_, email) = await system.CreatePersonAsync();
        var granted = await system.SignInAsync(await system.CreateSiteAsync(), email);

        system.Auth.Time.Advance(TimeSpan.FromMinutes(15) + TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync(granted.AccessToken)).Status);
    }

    [Fact]
    public async Task Cleaning_TokensThatCanNoLongerMatter_AreDeleted()
    {
        var (id, email) = await system.CreatePersonAsync();
        await system.SignInAsync(await system.CreateSiteAsync(), email);
        Task<bool> HasTokensAsync() => system.Auth.QueryAsync(db => db.SiteTokens.AnyAsync(token => token.Subject == id.ToString()));
        Assert.True(await HasTokensAsync());

        system.Auth.Time.Advance(TimeSpan.FromDays(31));

        await Eventually.HoldsAsync(async () => !await HasTokensAsync(), "the tokens are deleted");
    }

    [Fact]
    public async Task Password_GuessedOnThePage_IsThrottledWithTheApi()
    {
        var (_, email) = await system.CreatePersonAsync();
        using var visitor = system.Visit();
        var page = await visitor.OpenAsync("/sign-in");
        for (var i = 0; i < 5; i++)
        {
            page = await visitor.SignInAsync(page, email, "wrong password");
            Assert.Equal((HttpStatusCode.Forbidden, "Wrong e-mail or password."), (page.Status, page.Alert));
        }

        page = await visitor.SignInAsync(page, email, AuthSystem.Password);

        Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
        Assert.Matches("^Too many failed attempts. Try again in [12] s.$", page.Alert);
        Assert.NotNull(page.Headers.RetryAfter);
        await Failing.WithAsync(Grpc.Core.StatusCode.ResourceExhausted, () => system.Auth.LogInAsync(email, address: "127.0.0.1"));
        system.Auth.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.OK, (await visitor.SignInAsync(page, email, AuthSystem.Password)).Status);
    }

    [Fact]
    public async Task Form_WithoutProof_IsRefused()
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();

        var login = await visitor.PostAsync("/sign-in", new Dictionary<string, string> { ["email"] = email, ["password"] = AuthSystem.Password });
        await visitor.SignInAsync(await visitor.OpenAsync(site.Request().Address), email, AuthSystem.Password);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(new Uri(system.Gateway, site.Request().Address).Query).ToDictionary(entry => entry.Key, entry => entry.Value.ToString());
        query["decision"] = "allow";
        var decision = await visitor.PostAsync("/connect/authorize", query);
        var signOut = await visitor.PostAsync("/sign-out", []);

        Assert.All([login, decision, signOut], page => Assert.Equal((HttpStatusCode.BadRequest, null), (page.Status, page.Left)));
        Assert.False(await system.Auth.QueryAsync(db => db.Consents.AnyAsync(consent => consent.Subject == id.ToString())));
        Assert.Equal("You are signed in to ShTP", (await visitor.OpenAsync("/sign-in")).Title);
    }

    [Fact]
    public async Task Decision_InTheAddress_DecidesNothing()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        await visitor.SignInAsync(await visitor.OpenAsync(site.Request().Address), email, AuthSystem.Password);

        var page = await visitor.OpenAsync(site.Request(changes: ("decision", "allow")).Address);

        Assert.NotNull(page.Document.QuerySelector("button[value=allow]"));
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/connect/authorize")]
    [InlineData("/connect/authorize@evil.example/?")]
    [InlineData("/storage/x")]
    [InlineData("/connect/authorize?\r\nSet-Cookie: x=y")]
    [InlineData("/connect/authorize?школа")]
    public async Task SignIn_ReturnElsewhere_IsForgotten(string address)
    {
        var (_, email) = await system.CreatePersonAsync();
        using var visitor = system.Visit();
        var page = await visitor.OpenAsync($"/sign-in?return={Uri.EscapeDataString(address)}");
        Assert.Null(page.Document.QuerySelector("input[name=return]"));

        page = await visitor.SubmitAsync(page, "/sign-in", null, ("email", email), ("password", AuthSystem.Password), ("return", address));

        Assert.Equal((HttpStatusCode.OK, null), (page.Status, page.Left));
        Assert.Equal("You are signed in to ShTP", (await visitor.OpenAsync("/sign-in")).Title);
    }

    private async Task AssertEndedAsync(Relying site, Granted granted)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await system.UserInfoAsync(granted.AccessToken)).Status);
        var refused = await system.RefreshAsync(site, granted.RefreshToken);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Error));
    }
}
