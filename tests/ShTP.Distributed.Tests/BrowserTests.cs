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
}
