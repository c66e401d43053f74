using System.IO.Compression;
using System.Net;
using System.Text.Json;
using ShTP.Auth.V1;
using static ShTP.Gateway.Tests.EndToEnd.Http;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>What the gateway makes of who calls, and what it tells services and clients beside the message.</summary>
public sealed class CallerTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task RefreshToken_WhereOneIsNeeded_IsTakenAndForwarded()
    {
        var refresh = gateway.Keys.Mint(type: "refresh");
        using var renewed = await gateway.SendAsync("POST", "/api/v1/renew", JsonBody("{}"), token: refresh);
        using var withAccess = await gateway.SendAsync("POST", "/api/v1/renew", JsonBody("{}"), token: gateway.Keys.Mint());
        using var elsewhere = await gateway.SendAsync("GET", "/api/v1/me", token: refresh);

        Assert.Contains(refresh, await renewed.TextAsync(), StringComparison.Ordinal);
        Assert.Equal("Only refresh tokens are allowed", await withAccess.ProblemAsync(401));
        Assert.Equal("Only access tokens are allowed", await elsewhere.ProblemAsync(401));
    }

    /// <summary>Later calls with a token take a short way.</summary>
    [Fact]
    public async Task Token_KnownFromCallsBefore_IsTakenAsItWasBefore()
    {
        var (access, refresh) = (gateway.Keys.Mint(), gateway.Keys.Mint(type: "refresh"));
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/api/v1/me", $"Bearer {access}"));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("GET", "/api/v1/me", $"bearer   {access} "));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("POST", "/api/v1/renew", $"Bearer {refresh}"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/api/v1/me", $"Bearer {refresh}"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("POST", "/api/v1/renew", $"Bearer {access}"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/api/v1/me", $"Bearer {access} {access}"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/api/v1/me", $"Bearer {access},"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/api/v1/me", $"Basic {access}"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("GET", "/api/v1/me", $"Bearer {access[..^1]}"));
        }

        async Task<HttpStatusCode> StatusAsync(string method, string path, string authorization)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? JsonBody("{}") : null };
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("\"\"")]
    public async Task IdempotencyKey_Malformed_Is400(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/cover") { Content = JsonBody("{}") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {gateway.Keys.Mint()}");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("Idempotency-Key must be one key of 1 to 255 printable ASCII characters without blanks", await answer.ProblemAsync(400));
    }

    [Fact]
    public async Task Role_TooLow_Is403()
    {
        using var teacher = await gateway.SendAsync("GET", "/api/v1/admin", token: gateway.Keys.Mint("teacher"));
        using var admin = await gateway.SendAsync("GET", "/api/v1/admin", token: gateway.Keys.Mint("admin"));

        Assert.Equal("You can't access this endpoint!", await teacher.ProblemAsync(403));
        Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
    }

    [Fact]
    public async Task Revocation_ExpiredOnly_LetsTheClientRefresh()
    {
        var user = Guid.NewGuid();
        // The clocks say the contrary: what was issued first has the later time, as after a clock was set back.
        var (old, refresh) = (gateway.Keys.Mint(user: user, age: TimeSpan.Zero, rightsVersion: 1), gateway.Keys.Mint(type: "refresh", user: user, rightsVersion: 1));
        var (without, renewed) = (gateway.Keys.Mint(user: user, age: TimeSpan.Zero), gateway.Keys.Mint(user: user, age: TimeSpan.FromMinutes(30), rightsVersion: 2));
        gateway.Backend.Auth.Revoke(new Revocation { UserId = user.ToString(), BelowVersion = 2, ExpiredOnly = true });
        await Eventually.IsAsync(async () => (await gateway.SendAsync("GET", "/api/v1/me", token: old)).StatusCode == HttpStatusCode.Forbidden, "expired");

        using var expired = await gateway.SendAsync("GET", "/api/v1/me", token: old);
        using var refreshed = await gateway.SendAsync("POST", "/api/v1/renew", JsonBody("{}"), token: refresh);
        using var later = await gateway.SendAsync("GET", "/api/v1/me", token: renewed);
        using var ofBefore = await gateway.SendAsync("GET", "/api/v1/me", token: without);

        Assert.Equal("Signature has expired", await expired.ProblemAsync(403));
        Assert.Equal("Signature has expired", await ofBefore.ProblemAsync(403));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (refreshed.StatusCode, later.StatusCode));
    }

    [Fact]
    public async Task Key_New_IsFetchedWhenATokenNamesIt()
    {
        await using var own = await new GatewayFixture().StartAsync();
        using (var before = await own.SendAsync("GET", "/api/v1/me", token: own.Keys.Mint()))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        var next = new TestKeys("next");
        own.Backend.Auth.Keys.Add(next);

        await Eventually.IsAsync(async () => (await own.SendAsync("GET", "/api/v1/me", token: next.Mint())).StatusCode == HttpStatusCode.OK, "the new key is known");
        using var old = await own.SendAsync("GET", "/api/v1/me", token: own.Keys.Mint());
        Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    [Fact]
    public async Task RateLimit_OfOneUser_LeavesOthersAlone()
    {
        await using var own = await new GatewayFixture().With("Gateway:RateLimits:Ordinary:User:Burst", "2").With("Gateway:RateLimits:Ordinary:User:PerSecond", "0.01").StartAsync();
        var (eager, calm) = (own.Keys.Mint(), own.Keys.Mint());
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await own.SendAsync("GET", "/api/v1/me", token: eager)).StatusCode);
        using var tooMany = await own.SendAsync("GET", "/api/v1/me", token: eager);
        using var other = await own.SendAsync("GET", "/api/v1/me", token: calm);

        await tooMany.ProblemAsync(429);
        // The next call after two passes 100 s after the first of them.
        Assert.InRange(tooMany.Headers.RetryAfter?.Delta ?? default, TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(100));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    /// <summary>A school is one address: who calls without a token, or with a bad one, takes nothing from those who are signed in.</summary>
    [Fact]
    public async Task RateLimit_OfTheAddress_LeavesSignedInUsersAlone()
    {
        await using var own = await new GatewayFixture().With("Gateway:RateLimits:Ordinary:Address:Burst", "3").With("Gateway:RateLimits:Ordinary:Address:PerSecond", "0.01").StartAsync();
        var token = own.Keys.Mint();
        Assert.Equal(HttpStatusCode.Unauthorized, (await own.SendAsync("GET", "/api/v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await own.SendAsync("GET", "/api/v1/me", token: new TestKeys("foreign").Mint())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await own.SendAsync("GET", "/api/v1/books/1")).StatusCode);

        using var tooMany = await own.SendAsync("GET", "/api/v1/books/1");
        await tooMany.ProblemAsync(429);
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await own.SendAsync("GET", "/api/v1/me", token: token)).StatusCode);
    }

    [Fact]
    public async Task ForwardedFor_OfATrustedProxy_IsTheFirstAddressThatIsNotTrusted()
    {
        await using var own = await new GatewayFixture().With("Gateway:TrustedProxies:0", "127.0.0.1").StartAsync();

        Assert.Equal("7.7.7.7", await AddressSeenAsync(own));
        Assert.Equal("127.0.0.1", await AddressSeenAsync(gateway));
    }

    [Fact]
    public async Task RequestId_OfTheClient_IsEchoedAndForwarded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/anybody") { Headers = { { "X-Request-ID", "client-1" } } };
        using var own = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var generated = await gateway.SendAsync("GET", "/api/v1/anybody");

        Assert.Equal("client-1", own.Headers.GetValues("X-Request-ID").Single());
        Assert.Contains("\"requestId\":\"client-1\"", await own.TextAsync(), StringComparison.Ordinal);
        var id = generated.Headers.GetValues("X-Request-ID").Single();
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Contains(id, await generated.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_Large_IsCompressedForWhoAsks()
    {
        using var plain = await gateway.SendAsync("GET", "/api/v1/books?count=300");
        using var large = await GetCompressedAsync("/api/v1/books?count=300");
        using var small = await GetCompressedAsync("/api/v1/books?count=1");

        Assert.Equal("gzip", large.Content.Headers.ContentEncoding.Single());
        await using var unpacked = new GZipStream(await large.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        Assert.Equal(await plain.TextAsync(), await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Empty(small.Content.Headers.ContentEncoding);
    }

    private async Task<HttpResponseMessage> GetCompressedAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", "gzip" } } };
        return await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<string?> AddressSeenAsync(GatewayFixture gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/anybody") { Headers = { { "X-Forwarded-For", "6.6.6.6, 7.7.7.7" } } };
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        using var seen = JsonDocument.Parse(await response.TextAsync());
        return seen.RootElement.GetProperty("address").GetString();
    }
}
