using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ShTP.Services.Tests.Auth;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.OpenId;

/// <summary>Libraries compare the authority that they are configured with and the issuer letter by letter.</summary>
public sealed partial class IssuerTests
{
    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://localhost:8080/")]
    public async Task Issuer_OfAGatewayAtTheReadmesAddress_IsTheReadmesAuthority(string setting)
    {
        await using var system = await AuthSystem.StartAsync(1, ("Auth:OpenId:Issuer", setting));
        using var http = new HttpClient { BaseAddress = system.Host.HttpAddress };

        var discovery = (await http.GetFromJsonAsync<JsonObject>("/.well-known/openid-configuration"))!;

        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        Assert.Equal(Authority().Match(readme).Groups[1].Value, (string)discovery["issuer"]!);
    }

    [GeneratedRegex("The authority is `([^`]+)`")]
    private static partial Regex Authority();
}
