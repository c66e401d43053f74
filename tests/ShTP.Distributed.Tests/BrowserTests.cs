using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>Pages of the gateway in a real browser; Debian's Chromium (<c>tools/packages.sh chromium</c>).</summary>
[Collection(CalmSystem.Name)]
public sealed class BrowserTests(RunningSystem system)
{
    [Fact]
    public async Task DocsPage_SignedInWithItsOwnField_TriesACall()
    {
        var output = await NodeProgram.RunAsync(Repository.PathOf("tests", "browser", "docs.mjs"), [system.Anonymous().Http.BaseAddress!.ToString()],
            new Dictionary<string, string> { ["SHTP_EMAIL"] = RunningSystem.AdminEmail, ["SHTP_PASSWORD"] = system.AdminPassword });

        Assert.Contains("answered: 200 admin", output);
    }

    [Fact]
    public async Task LandingAndMissingPages_InBothLanguages_AreWhole() =>
        Assert.Equal("ru: ok\nen: ok\n", await NodeProgram.RunAsync(Repository.PathOf("tests", "browser", "pages.mjs"), [system.Anonymous().Http.BaseAddress!.ToString()]));

    [Fact]
    public async Task EventSource_WithATicketAsInTheReadme_GetsWhatComes()
    {
        var output = await NodeProgram.RunAsync(Repository.PathOf("tests", "browser", "stream.mjs"), [system.Anonymous().Http.BaseAddress!.ToString(), Repository.PathOf("README.md")],
            new Dictionary<string, string> { ["SHTP_EMAIL"] = RunningSystem.AdminEmail, ["SHTP_PASSWORD"] = system.AdminPassword });

        Assert.Equal("ok\n", output);
    }

    [Fact]
    public async Task SignInPages_InBothLanguages_WorkByKeyboardAndWithoutScripts()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var site = $"http://127.0.0.1:{FreePort.Find()}/back";
        var app = (string)(await admin.PutAsync("/api/v1/oauth", new { name = "Библиотека", redirect_url = site })).Ok()["uuid"]!;
        (await admin.PutAsync($"/api/v1/oauth/apps/{app}/client", new { public_client = true })).Ok();

        var output = await NodeProgram.RunAsync(Repository.PathOf("tests", "browser", "signin.mjs"),
            [system.Anonymous().Http.BaseAddress!.ToString(), email, School.Password, app, site]);

        Assert.Equal("ru: ok\nen: ok\n", output);
        (await admin.DeleteAsync($"/api/v1/oauth/apps/{app}")).Ok();
    }
}
