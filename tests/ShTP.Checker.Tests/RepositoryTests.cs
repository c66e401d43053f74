using System.Net;
using ShTP.Checker.Repositories;
using Xunit;

namespace ShTP.Checker.Tests;

/// <summary>Links that must be refused before anything is connected to.</summary>
public sealed class RepositoryTests
{
    private static readonly string[] Hosts = ["github.com", "gitlab.com"];

    [Theory]
    [InlineData("https://github.com/school/contest", "https://github.com:443/school/contest")]
    [InlineData("https://GitHub.com/school/contest.git", "https://github.com:443/school/contest.git")]
    [InlineData("https://gitlab.com/group/sub-group/contest_1/", "https://gitlab.com:443/group/sub-group/contest_1")]
    public void Link_ToAnAllowedHost_IsRead(string link, string url)
    {
        var address = RepositoryAddress.TryParse(link, Hosts, out var fault);

        Assert.Null(fault);
        Assert.Equal(url, address?.UrlAt(443));
    }

    [Theory]
    [InlineData("git version 2.37.0", true)]
    [InlineData("git version 2.39.5", true)]
    [InlineData("git version 3.0", true)]
    [InlineData("git version 2.50.1 (Apple Git-155)", true)]
    [InlineData("git version 2.34.1", false)]
    [InlineData("git version 1.8.3.1", false)]
    [InlineData("", false)]
    public void Git_ThatWouldLookTheAddressUpAgain_IsRefused(string answer, bool isFit) => Assert.Equal(isFit, GitVersion.FindFault(answer) is null);

    [Theory]
    [InlineData("")]
    [InlineData("contest")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/etc")]
    [InlineData("http://github.com/school/contest")]
    [InlineData("ssh://git@github.com/school/contest")]
    [InlineData("git@github.com:school/contest.git")]
    [InlineData("git://github.com/school/contest")]
    [InlineData("ext::sh -c id")]
    [InlineData("--upload-pack=id")]
    [InlineData("https://user:password@github.com/school/contest")]
    [InlineData("https://github.com@evil.example/school/contest")]
    [InlineData("https://github.com:8443/school/contest")]
    [InlineData("https://github.com:22/school/contest")]
    [InlineData("https://evil.example/school/contest")]
    [InlineData("https://github.com.evil.example/school/contest")]
    [InlineData("https://127.0.0.1/school/contest")]
    [InlineData("https://2130706433/school/contest")]
    [InlineData("https://0x7f.1/school/contest")]
    [InlineData("https://[::1]/school/contest")]
    [InlineData("https://localhost/school/contest")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://github.com/school/contest?x=1")]
    [InlineData("https://github.com/school/contest#main")]
    [InlineData("https://github.com/school/../contest")]
    [InlineData("https://github.com/school/%2e%2e/contest")]
    [InlineData("https://github.com/-school/contest")]
    [InlineData("https://github.com/school/contest\n--upload-pack=id")]
    [InlineData("https://github.com/school/con test")]
    [InlineData("https://github.com/school/контест")]
    [InlineData("https://github.com\\@evil.example/school/contest")]
    [InlineData("https://github.com/")]
    public void Link_ToAnythingElse_IsRefusedWithAReason(string link)
    {
        Assert.Null(RepositoryAddress.TryParse(link, Hosts, out var fault));
        Assert.NotNull(fault);
    }

    [Theory]
    [InlineData("140.82.121.4", true)]
    [InlineData("2606:50c0:8000::153", true)]
    [InlineData("::ffff:140.82.121.4", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void Address_IsPublicOrNot(string address, bool expected) => Assert.Equal(expected, PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("140.82.121.4", "127.0.0.1")]
    [InlineData]
    public async Task Fetch_OfANameThatLeadsInside_IsRefused(params string[] addresses)
    {
        var fetch = new RepositoryFetch(new RepositoryNetwork(Hosts) { Resolve = (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()) });

        var refused = await Assert.ThrowsAsync<RepositoryRefusedException>(() => fetch.FetchAsync("https://github.com/school/contest", "/nonexistent/folder"));

        Assert.Equal("github.com is not on the internet.", refused.Message);
    }
}
