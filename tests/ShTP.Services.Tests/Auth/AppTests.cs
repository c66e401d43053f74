using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Auth.V1;
using ShTP.Services.Tests.Audits;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Auth;

public sealed class AppTests(AuthSystem system) : IClassFixture<AuthSystem>
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> _sites = new();

    private const string Site = "https://site.example/back";

    [Fact]
    public async Task ListMyApps_OfTwoUsers_AreTheCallersOwnInOrder()
    {
        var (_, _, mine) = await system.SignedInAsync();
        var (_, _, theirs) = await system.SignedInAsync();
        var first = await CreateAsync(mine, "first");
        system.Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = await CreateAsync(mine, "second");
        await CreateAsync(theirs);

        var apps = (await system.Apps(mine.AccessToken).ListMyAppsAsync(new())).Apps;

        Assert.Equal([first, second], apps);
    }

    [Fact]
    public async Task GetApp_ByAnybody_GivesItsFacts()
    {
        var (owner, _, tokens) = await system.SignedInAsync();
        var created = await CreateAsync(tokens, "Библиотека");

        var app = await system.Apps().GetAppAsync(new GetAppRequest { Uuid = created.Uuid });

        Assert.Equal(created, app);
        Assert.Equal((created.Uuid, "Библиотека", Site, owner.ToString(), true), (app.Id, app.Name, app.RedirectUrl, app.OwnerId, app.Verified));
        Assert.Equal(system.Time.GetUtcNow().ToUnixTimeSeconds(), app.CreatedAt.Seconds);
    }

    [Fact]
    public async Task GetApp_Unknown_IsNotFound() =>
        await Failing.WithAsync(StatusCode.NotFound, async () => await system.Apps().GetAppAsync(new GetAppRequest { Uuid = Guid.NewGuid().ToString() }));

    [Theory]
    [InlineData("https://site.example")]
    [InlineData("https://site.example:8443/a?b=c&d=%D1%88")]
    [InlineData("http://localhost:3000/back")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://[::1]:5000/x")]
    [InlineData("https://site.example/@somebody")]
    public async Task CreateApp_GoodRedirectUrl_IsKeptAsItIs(string url)
    {
        var (_, _, tokens) = await system.SignedInAsync();
        Assert.Equal(url, (await CreateAsync(tokens, url: url)).RedirectUrl);
    }

    [Theory]
    [InlineData("", "field required")]
    [InlineData("/back", "must be an absolute URL")]
    [InlineData("site.example", "must be an absolute URL")]
    [InlineData("https:site.example", "must be an absolute URL")]
    [InlineData("https://", "must be an absolute URL")]
    [InlineData("http://site.example/", "must begin with https://, or for this computer with http://")]
    [InlineData("http://localhost.site.example/", "must begin with https://, or for this computer with http://")]
    [InlineData("javascript://site.example/%0aalert(1)", "must begin with https://, or for this computer with http://")]
    [InlineData("ftp://site.example/", "must begin with https://, or for this computer with http://")]
    [InlineData("https://site.example/#x", "must not have a fragment")]
    [InlineData("https://site.example/#", "must not have a fragment")]
    [InlineData("https://school@site.example/", "must not have a user name")]
    [InlineData("https://school:secret@site.example/", "must not have a user name")]
    [InlineData("https://@site.example/", "must not have a user name")]
    [InlineData("https://site.example\\@other.example/", "must be an absolute URL of ASCII characters, others escaped")]
    [InlineData("https://site.example/ x", "must be an absolute URL of ASCII characters, others escaped")]
    [InlineData("https://site.example/\nx", "must be an absolute URL of ASCII characters, others escaped")]
    [InlineData("https://школа.example/", "must be an absolute URL of ASCII characters, others escaped")]
    public async Task CreateApp_BadRedirectUrl_IsInvalid(string url, string fault)
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var refused = await Failing.WithAsync(StatusCode.InvalidArgument, () => CreateAsync(tokens, url: url));
        Assert.Equal($"redirect_url: {fault}", refused.Status.Detail);
    }

    [Theory]
    [InlineData("Lib\u200Brary", "must not contain invisible characters or ones that change the direction of text (U+200B)")]
    [InlineData("\u202Eyrarbil", "must not contain invisible characters or ones that change the direction of text (U+202E)")]
    [InlineData("\u3164", "must not contain invisible characters or ones that change the direction of text (U+3164)")]
    public async Task App_NameThatIsNotWhatIsSeen_IsRefusedByName(string name, string fault)
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var refused = await Failing.WithAsync(StatusCode.InvalidArgument, () => CreateAsync(tokens, name));
        Assert.Equal($"name: {fault}", refused.Status.Detail);
        var app = await CreateAsync(tokens);
        refused = await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Apps(tokens.AccessToken).UpdateAppAsync(new UpdateAppRequest { Uuid = app.Uuid, Name = name }));
        Assert.Equal($"name: {fault}", refused.Status.Detail);
    }

    [Fact]
    public async Task CreateApp_EverythingTooLong_NamesBoth()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var refused = await Failing.WithAsync(StatusCode.InvalidArgument, () => CreateAsync(tokens, new string('x', 101), Site + new string('x', 2000)));
        Assert.Equal("name: must have 1 to 100 characters; redirect_url: must have at most 2000 characters", refused.Status.Detail);
    }

    [Fact]
    public async Task CreateApp_ThirtyAtOnce_TwentyAreCreated()
    {
        var (_, _, tokens) = await system.SignedInAsync();

        var created = await Task.WhenAll(Enumerable.Range(0, 30).Select(async i =>
        {
            try
            {
                await CreateAsync(tokens, $"site {i}");
                return true;
            }
            catch (RpcException full) when (full.StatusCode == StatusCode.FailedPrecondition)
            {
                return false;
            }
        }));

        Assert.Equal(20, created.Count(done => done));
        Assert.Equal(20, (await system.Apps(tokens.AccessToken).ListMyAppsAsync(new())).Apps.Count);
    }

    [Fact]
    public async Task CreateApp_UserGone_IsDenied() =>
        await Failing.WithAsync(StatusCode.PermissionDenied, async () =>
            await system.Apps(Stranger()).CreateAppAsync(new CreateAppRequest { Name = "x", RedirectUrl = Site }));

    [Fact]
    public async Task UpdateApp_OneField_LeavesTheOther()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var app = await CreateAsync(tokens);

        var renamed = await system.Apps(tokens.AccessToken).UpdateAppAsync(new UpdateAppRequest { Uuid = app.Uuid, Name = "renamed" });
        var moved = await system.Apps(tokens.AccessToken).UpdateAppAsync(new UpdateAppRequest { Uuid = app.Uuid, RedirectUrl = "https://other.example" });

        Assert.Equal(("renamed", Site), (renamed.Name, renamed.RedirectUrl));
        Assert.Equal(("renamed", "https://other.example"), (moved.Name, moved.RedirectUrl));
        Assert.Equal(moved, await system.Apps().GetAppAsync(new GetAppRequest { Uuid = app.Uuid }));
    }

    [Fact]
    public async Task UpdateApp_NewRedirectUrl_EndsWaitingTokens()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var app = await CreateAsync(tokens);
        var waiting = await ProvideAsync(tokens, app);

        await system.Apps(tokens.AccessToken).UpdateAppAsync(new UpdateAppRequest { Uuid = app.Uuid, RedirectUrl = "https://other.example" });

        Assert.False((await ResolveAsync(waiting)).Status);
    }

    [Fact]
    public async Task UpdateApp_OfSomebodyElse_IsDeniedToAdminsToo()
    {
        var (_, _, owner) = await system.SignedInAsync();
        var app = await CreateAsync(owner);
        foreach (var role in new[] { Role.Student, Role.Admin })
        {
            var (_, _, other) = await system.SignedInAsync(role);
            await Failing.WithAsync(StatusCode.PermissionDenied, async () =>
                await system.Apps(other.AccessToken).UpdateAppAsync(new UpdateAppRequest { Uuid = app.Uuid, Name = "stolen" }));
        }

        Assert.Equal(app, await system.Apps().GetAppAsync(new GetAppRequest { Uuid = app.Uuid }));
    }

    [Fact]
    public async Task UpdateApp_NothingUnknownOrBad_IsRefused()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var app = await CreateAsync(tokens);
        var client = system.Apps(tokens.AccessToken);

        await Failing.WithAsync(StatusCode.InvalidArgument, async () => await client.UpdateAppAsync(new UpdateAppRequest { Uuid = app.Uuid }));
        await Failing.WithAsync(StatusCode.NotFound, async () => await client.UpdateAppAsync(new UpdateAppRequest { Uuid = Guid.NewGuid().ToString(), Name = "x" }));
        var bad = await Failing.WithAsync(StatusCode.InvalidArgument, async () =>
            await client.UpdateAppAsync(new UpdateAppRequest { Uuid = "x", Name = "", RedirectUrl = "x" }));
        Assert.Equal("uuid: value is not a valid uuid; name: field required; redirect_url: must be an absolute URL", bad.Status.Detail);
    }

    [Fact]
    public async Task DeleteApp_ByItsOwner_TakesItsTokensAlong()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var app = await CreateAsync(tokens);
        var waiting = await ProvideAsync(tokens, app);

        await system.Apps(tokens.AccessToken).DeleteAppAsync(new DeleteAppRequest { Uuid = app.Uuid });

        Assert.False((await ResolveAsync(waiting)).Status);
        await Failing.WithAsync(StatusCode.NotFound, async () => await system.Apps(tokens.AccessToken).DeleteAppAsync(new DeleteAppRequest { Uuid = app.Uuid }));
        Assert.Contains($"\"Name\":\"{app.Name}\"", await system.QueryAsync(db => db.BeforeAsync("AppsService.DeleteApp", app.Uuid)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeleteApp_OfSomebodyElse_IsForAdmins()
    {
        var (_, _, owner) = await system.SignedInAsync();
        var (_, _, teacher) = await system.SignedInAsync(Role.Teacher);
        var (_, _, admin) = await system.SignedInAsync(Role.Admin);
        var app = await CreateAsync(owner);

        await Failing.WithAsync(StatusCode.PermissionDenied, async () => await system.Apps(teacher.AccessToken).DeleteAppAsync(new DeleteAppRequest { Uuid = app.Uuid }));
        await system.Apps(admin.AccessToken).DeleteAppAsync(new DeleteAppRequest { Uuid = app.Uuid });

        await Failing.WithAsync(StatusCode.NotFound, async () => await system.Apps(admin.AccessToken).DeleteAppAsync(new DeleteAppRequest { Uuid = app.Uuid }));
    }

    [Theory]
    [InlineData("https://site.example", "https://site.example?access_token=")]
    [InlineData("https://site.example/back?lang=ru", "https://site.example/back?lang=ru&access_token=")]
    [InlineData("https://site.example/back?", "https://site.example/back?access_token=")]
    [InlineData("https://site.example/back?a=b&", "https://site.example/back?a=b&access_token=")]
    public async Task ProvideAccess_RedirectUrl_GetsTheTokenInItsQuery(string url, string start)
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var app = await CreateAsync(tokens, url: url);

        var answer = await system.Apps(tokens.AccessToken).ProvideAccessAsync(new ProvideAccessRequest { AppId = app.Uuid });

        Assert.True(answer.Status);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", answer.OauthAccessToken);
        Assert.Equal(start + answer.OauthAccessToken, answer.RedirectTo);
    }

    [Fact]
    public async Task ProvideAccess_UnknownAppOrGoneUser_IsRefused()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var app = await CreateAsync(tokens);

        await Failing.WithAsync(StatusCode.NotFound, async () =>
            await system.Apps(tokens.AccessToken).ProvideAccessAsync(new ProvideAccessRequest { AppId = Guid.NewGuid().ToString() }));
        await Failing.WithAsync(StatusCode.PermissionDenied, async () =>
            await system.Apps(Stranger()).ProvideAccessAsync(new ProvideAccessRequest { AppId = app.Uuid }));
        var bad = await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Apps(tokens.AccessToken).ProvideAccessAsync(new()));
        Assert.Equal("app_id: field required", bad.Status.Detail);
    }

    [Fact]
    public async Task ProvideAccess_Again_EndsTheEarlierTokenOfTheSameAppAndUserOnly()
    {
        var (_, _, owner) = await system.SignedInAsync();
        var (other, _, visitor) = await system.SignedInAsync();
        var app = await CreateAsync(owner);
        var earlier = await ProvideAsync(owner, app);
        var theirs = await ProvideAsync(visitor, app);
        var elsewhere = await ProvideAsync(owner, await CreateAsync(owner, "other site"));

        var later = await ProvideAsync(owner, app);

        Assert.False((await ResolveAsync(earlier)).Status);
        Assert.True((await ResolveAsync(later)).Status);
        Assert.True((await ResolveAsync(elsewhere)).Status);
        Assert.Equal(other.ToString(), (await ResolveAsync(theirs)).UserId);
    }

    [Fact]
    public async Task ProvideAccess_ThirtyAtOnce_OneTokenIsLeft()
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var app = await CreateAsync(tokens);

        var made = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => ProvideAsync(tokens, app)));

        var answers = await Task.WhenAll(made.Select(ResolveAsync));
        Assert.Single(answers, answer => answer.Status);
    }

    [Fact]
    public async Task ResolveAccess_HundredAtOnce_OneHearsWhoItIs()
    {
        var (user, _, tokens) = await system.SignedInAsync();
        var token = await ProvideAsync(tokens, await CreateAsync(tokens));

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ResolveAsync(token)));

        var told = Assert.Single(answers, answer => answer.Status);
        Assert.Equal((user.ToString(), false), (told.UserId, told.HasDetail));
        Assert.All(answers.Where(answer => !answer.Status), answer => Assert.Equal(("The token is unknown, used or expired", false), (answer.Detail, answer.HasUserId)));
    }

    [Theory]
    [InlineData(59_999, true)]
    [InlineData(60_000, false)]
    public async Task ResolveAccess_AfterAMinute_IsTooLate(int milliseconds, bool expected)
    {
        var (_, _, tokens) = await system.SignedInAsync();
        var token = await ProvideAsync(tokens, await CreateAsync(tokens));

        system.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

        Assert.Equal(expected, (await ResolveAsync(token)).Status);
    }

    [Fact]
    public async Task ResolveAccess_TokenOfAnotherSiteOrNoSite_IsNotAnswered()
    {
        var (user, _, tokens) = await system.SignedInAsync();
        var (malicious, honest) = (await CreateAsync(tokens), await CreateAsync(tokens, "other"));
        var token = await ProvideAsync(tokens, malicious);

        Assert.False((await ResolveAsync(token, honest.Uuid)).Status);
        var answer = await ResolveAsync(token, malicious.Uuid);
        Assert.Equal((true, user.ToString()), (answer.Status, answer.UserId));
        foreach (var none in new[] { "x", "" })
            await Failing.WithAsync(StatusCode.InvalidArgument, () => ResolveAsync(token, none));
        var missing = await Failing.WithAsync(StatusCode.InvalidArgument, async () => await system.Apps().ResolveAccessAsync(new ResolveAccessRequest { Token = token }));
        Assert.Equal("app_id: field required", missing.Status.Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("'; DELETE FROM app_tokens; --")]
    public async Task ResolveAccess_Unknown_SaysSo(string token) =>
        Assert.Equal(new ResolveAccessResponse { Status = false, Detail = "The token is unknown, used or expired" }, await ResolveAsync(token));

    [Fact]
    public async Task ProvideAccess_Token_IsNotInTheDatabase()
    {
        var (user, _, tokens) = await system.SignedInAsync();
        var token = await ProvideAsync(tokens, await CreateAsync(tokens));

        var stored = await system.QueryAsync(db => db.AppTokens.SingleAsync(known => known.UserId == user));

        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)), stored.Hash);
    }

    [Fact]
    public async Task DeleteUser_WithAppsAndTokens_ForgetsThem()
    {
        var (user, _, tokens) = await system.SignedInAsync();
        var (_, _, other) = await system.SignedInAsync();
        var own = await CreateAsync(tokens);
        var kept = await CreateAsync(other);
        var toOwn = await ProvideAsync(other, own);
        var toKept = await ProvideAsync(tokens, kept);

        await system.Internal().DeleteUserAsync(new DeleteUserRequest { UserId = user.ToString() }, AuthSystem.Message());

        await Failing.WithAsync(StatusCode.NotFound, async () => await system.Apps().GetAppAsync(new GetAppRequest { Uuid = own.Uuid }));
        Assert.Equal(kept, await system.Apps().GetAppAsync(new GetAppRequest { Uuid = kept.Uuid }));
        Assert.False((await ResolveAsync(toOwn)).Status);
        Assert.False((await ResolveAsync(toKept)).Status);
    }

    [Fact]
    public async Task Cleaning_TokenThatNoSiteAskedFor_IsDeleted()
    {
        var (user, _, tokens) = await system.SignedInAsync();
        await ProvideAsync(tokens, await CreateAsync(tokens));

        system.Time.Advance(TimeSpan.FromMinutes(10));

        await Eventually.HoldsAsync(async () => !await system.QueryAsync(db => db.AppTokens.AnyAsync(token => token.UserId == user)), "the token is deleted");
    }

    private string Stranger() => TestTokens.User(Guid.NewGuid(), Role.Student, now: system.Time.GetUtcNow());

    private async Task<App> CreateAsync(LoginResponse owner, string name = "site", string url = Site) =>
        await system.Apps(owner.AccessToken).CreateAppAsync(new CreateAppRequest { Name = name, RedirectUrl = url });

    private async Task<string> ProvideAsync(LoginResponse user, App app)
    {
        var token = (await system.Apps(user.AccessToken).ProvideAccessAsync(new ProvideAccessRequest { AppId = app.Uuid })).OauthAccessToken;
        _sites[token] = app.Uuid;
        return token;
    }

    // By the site that the token was made for; one of nobody is asked for by just any.
    private Task<ResolveAccessResponse> ResolveAsync(string token) => ResolveAsync(token, _sites.GetValueOrDefault(token) ?? Guid.NewGuid().ToString());

    private async Task<ResolveAccessResponse> ResolveAsync(string token, string app) =>
        await system.Apps().ResolveAccessAsync(new ResolveAccessRequest { Token = token, AppId = app });
}
