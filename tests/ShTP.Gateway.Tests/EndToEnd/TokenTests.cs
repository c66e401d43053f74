using System.Net;
using ShTP.Auth.V1;

namespace ShTP.Gateway.Tests.EndToEnd;

public sealed class TokenTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData(null, 401, "Missing Authorization Header")]
    [InlineData("Basic abc", 401, "Bad Authorization header. Expected value 'Bearer <JWT>'")]
    [InlineData("Bearer ,", 401, "Bad Authorization header. Expected value 'Bearer <JWT>'")]
    [InlineData("Bearer a b", 401, "Bad Authorization header. Expected value 'Bearer <JWT>'")]
    [InlineData("bearer null", 422, "Not enough segments")]
    [InlineData("Bearer null", 422, "Not enough segments")]
    [InlineData("Bearer a.b", 422, "Not enough segments")]
    public async Task Token_MissingOrMalformed_IsRefused(string? header, int status, string detail)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/me", token: header);

        Assert.Equal(detail, await response.ProblemAsync(status));
    }

    [Theory]
    [InlineData("bearer ")]
    [InlineData("BEARER ")]
    [InlineData("Bearer  ")]
    public async Task Token_SchemeInAnyCase_IsTaken(string scheme)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/me", token: scheme + gateway.Keys.Mint());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Token_Expired_Is403WithChallenge()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/me", token: gateway.Keys.Mint(age: TimeSpan.FromHours(2)));

        Assert.Equal("Signature has expired", await response.ProblemAsync(403));
        Assert.Contains("invalid_token", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_ForeignOrOtherAlgorithm_Is401()
    {
        foreach (var token in new[] { new TestKeys().Mint(), new TestKeys("foreign").Mint(), gateway.Keys.Mint(alg: "none"), gateway.Keys.Mint(alg: "HS256"), gateway.Keys.Mint(type: "refresh") })
        {
            using var response = await gateway.SendAsync("GET", "/api/v1/me", token: token);
            await response.ProblemAsync(401);
        }
    }

    [Fact]
    public async Task Token_Bad_IsIgnoredByPublicRpcsAndNotForwarded()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/anybody", token: "null");

        Assert.Contains("\"authorization\":\"\"", await response.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_OnceGood_IsForwardedToPublicRpcsAndCountsForNobody()
    {
        var expired = gateway.Keys.Mint(age: TimeSpan.FromHours(2));
        using var response = await gateway.SendAsync("GET", "/api/v1/anybody", token: expired);

        Assert.Contains($"\"authorization\":\"Bearer {expired}\"", await response.TextAsync(), StringComparison.Ordinal);
        using var foreign = await gateway.SendAsync("GET", "/api/v1/anybody", token: new TestKeys().Mint(age: TimeSpan.FromHours(2)));
        Assert.Contains("\"authorization\":\"\"", await foreign.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revocation_OfUserForGood_EndsTokensOfBefore()
    {
        var user = Guid.NewGuid();
        var (old, next) = (gateway.Keys.Mint(user: user, rightsVersion: 3, age: TimeSpan.Zero), gateway.Keys.Mint(user: user, rightsVersion: 4));
        gateway.Backend.Auth.Revoke(new Revocation { UserId = user.ToString(), BelowVersion = 4 });

        await Eventually.IsAsync(async () => (await gateway.SendAsync("GET", "/api/v1/me", token: old)).StatusCode == HttpStatusCode.Unauthorized, "revoked");
        using var later = await gateway.SendAsync("GET", "/api/v1/me", token: next);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task Revocation_OfSession_CountsWithinASecond()
    {
        var session = Guid.NewGuid();
        var token = gateway.Keys.Mint(session: session);
        using (var before = await gateway.SendAsync("GET", "/api/v1/me", token: token))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        gateway.Backend.Auth.Revoke(new Revocation { SessionId = session.ToString() });

        var start = DateTime.UtcNow;
        await Eventually.IsAsync(async () => (await gateway.SendAsync("GET", "/api/v1/me", token: token)).StatusCode == HttpStatusCode.Unauthorized, "revoked");
        Assert.True(DateTime.UtcNow - start < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Revocations_Silent_FailClosed()
    {
        await using var own = await new GatewayFixture().With("Revocations:FailAfter", "00:00:00.500").StartAsync();
        own.Backend.Auth.IsSilent = true;
        var token = own.Keys.Mint();
        await Eventually.IsAsync(async () => (await own.SendAsync("GET", "/api/v1/me", token: token)).StatusCode == HttpStatusCode.ServiceUnavailable, "refused");
        using var open = await own.SendAsync("GET", "/api/v1/anybody", token: token);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
    }
}
