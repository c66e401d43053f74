using System.Net;
using System.Text.Json;
using System.Text;
using Microsoft.Extensions.Configuration;
using ShTP.Gateway.Edge;
using ShTP.Gateway.Tests.Hostile;
using ShTP.Testing;

namespace ShTP.Gateway.Tests.EndToEnd;

public sealed class EdgeTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static StringContent Wrong => Http.JsonBody("{\"code\":16,\"detail\":\"Invalid pair login && password\"}");

    [Fact]
    public async Task Path_Unknown_Is404()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/polls");

        Assert.Equal("Not Found", await response.ProblemAsync(404));
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/html;q=0, */*", "application/json")]
    [InlineData("application/json, text/plain, */*", "application/json")]
    [InlineData(null, "application/json")]
    public async Task Root_ForABrowser_IsAPage_ElseJson(string? accept, string type)
    {
        using var response = await gateway.SendAsync("GET", "/", accept: accept);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Contains("Accept", string.Join(',', response.Headers.Vary), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_TellsTheVersion_ThatTheChangelogDescribes()
    {
        using var response = await gateway.SendAsync("GET", "/", accept: "application/json");
        using var information = JsonDocument.Parse(await response.TextAsync());
        var version = information.RootElement.GetProperty("version").GetString();

        Assert.Equal("ShTP", information.RootElement.GetProperty("name").GetString());
        var changelog = await File.ReadAllTextAsync(Repository.PathOf("CHANGELOG.md"), TestContext.Current.CancellationToken);
        var section = changelog.Split("\n## ").Skip(1).SingleOrDefault(section => section.StartsWith(version + " ", StringComparison.Ordinal));
        Assert.True(section is not null, $"CHANGELOG.md has no section for {version}.");
        Assert.Contains("\n### For operators\n", section, StringComparison.Ordinal);
        using var page = await gateway.SendAsync("GET", "/", accept: "text/html");
        Assert.Contains($" {version}</p>", await page.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ru-RU,ru;q=0.9,en;q=0.8", "ru", "Войти")]
    [InlineData("en-US,en;q=0.9,ru;q=0.8", "en", "Sign in")]
    [InlineData("de, en;q=0.2, ru;q=0.1", "en", "Sign in")]
    [InlineData("de", "ru", "Войти")]
    public async Task Root_ForABrowser_IsInTheReadersLanguage_WithTheSchoolsNameAsText(string languages, string language, string text)
    {
        await using var school = await new GatewayFixture().With("School:Name", "Лицей <№ 1>").With("School:WebClient", "https://school.example/?a=1&b=2").StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept", "text/html" }, { "Accept-Language", languages } } };
        using var response = await school.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var html = await response.TextAsync();

        Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
        Assert.Contains(text, html, StringComparison.Ordinal);
        Assert.Contains("Лицей &lt;№ 1&gt;", html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://school.example/?a=1&amp;b=2\"", html, StringComparison.Ordinal);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_UnknownToABrowser_IsAPage()
    {
        using var response = await gateway.SendAsync("GET", "/no/such/page", accept: "text/html");

        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using var post = await gateway.SendAsync("POST", "/no/such/page", accept: "text/html");
        Assert.Equal("Not Found", await post.ProblemAsync(404));
    }

    [Fact]
    public async Task Verb_Unknown_Is405WithAllow()
    {
        using var response = await gateway.SendAsync("POST", "/api/v1/books");

        Assert.Equal("Method Not Allowed", await response.ProblemAsync(405));
        Assert.Contains("PUT", response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Slash_Trailing_Redirects()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/?count=1");

        Assert.Equal((HttpStatusCode)307, response.StatusCode);
        Assert.Equal("/api/v1/books?count=1", response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("", "/api/v1/books/", "/api/v1/books")]
    [InlineData("", "//evil.example/", "/evil.example")]
    [InlineData("https://shtp.school.example/", "/mobile/api/v1/books//", "https://shtp.school.example/mobile/api/v1/books")]
    public async Task TrailingSlash_WhateverHostTheClientNames_LeadsToThePublicAddress(string address, string path, string target)
    {
        await using var own = await new GatewayFixture().With(PublicAddress.Key, address).StartAsync();
        using var connection = await RawConnection.OpenAsync(own.Address);
        Assert.True(await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: evil.example\r\n\r\n")));

        var response = await connection.ReadAsync();

        Assert.Equal((307, target), (response!.Status, response.Headers["location"]));
    }

    [Theory]
    [InlineData("shtp.school.example")]
    [InlineData("https://shtp.school.example/api")]
    [InlineData("ftp://shtp.school.example")]
    public void PublicAddress_ThatIsNone_IsNamed(string text)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(PublicAddress.Key, text)]).Build();

        Assert.StartsWith($"Gateway:PublicAddress is '{text}'", PublicAddress.Read(configuration).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/connect/authorize?client_id=x")]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/storage/avatars/default.png")]
    [InlineData("/api/v1/books?count=1", 200)]
    public async Task RawUtf8_InAHeader_IsRefusedWhereItWouldBeForwarded(string path, int status = 400)
    {
        foreach (var header in new[] { "X-Name: Ада", "User-Agent: браузер", "Cookie: a=ё" })
        {
            using var connection = await RawConnection.OpenAsync(gateway.Address);
            Assert.True(await connection.SendAsync(Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n")));

            var response = await connection.ReadAsync();

            Assert.Equal(status, response!.Status);
            if (status == 400)
                Assert.Contains($"The header '{header.Split(':')[0]}'", response.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Preflight_Always_Echoes()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v1/books")
        {
            Headers = { { "Origin", "https://a.b" }, { "Access-Control-Request-Method", "PUT" }, { "Access-Control-Request-Headers", "authorization,content-type" } },
        };
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, "OK"), (response.StatusCode, await response.TextAsync()));
        Assert.Equal("https://a.b", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal("authorization,content-type", string.Join(",", response.Headers.GetValues("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task Storage_Get_IsForwardedWithoutToken()
    {
        using var response = await gateway.SendAsync("GET", "/storage/avatars/a.png?exp=1&sig=x", token: "secret");

        Assert.Equal("avatars/a.png|?exp=1&sig=x|", await response.TextAsync());
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var post = await gateway.SendAsync("POST", "/storage/avatars/a.png");
        await post.ProblemAsync(405);
    }

    [Theory]
    [InlineData("GET", "/connect/authorize?client_id=x", false)]
    [InlineData("POST", "/connect/authorize", false)]
    [InlineData("GET", "/sign-in?return=x", false)]
    [InlineData("POST", "/sign-in", false)]
    [InlineData("POST", "/sign-out", false)]
    [InlineData("GET", "/connect/userinfo", true)]
    [InlineData("POST", "/connect/token", true)]
    [InlineData("GET", "/.well-known/openid-configuration", true)]
    public async Task SignIn_Any_IsForwardedAsItIsAndPagesAreClosedToOtherOrigins(string verb, string path, bool isOpen)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        request.Headers.TryAddWithoutValidation("Authorization", "Basic x");
        request.Headers.Add("Cookie", "c=d");
        request.Headers.Add("Origin", "https://evil.example");
        // Nobody but the gateway says where a request came from.
        request.Headers.Add("X-Forwarded-For", "192.0.2.1");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal($"{verb} {path}|Basic x|c=d|{gateway.Address.Authority}|127.0.0.1|http", await response.TextAsync());
        Assert.Equal("default-src 'self'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("a=b", Assert.Single(response.Headers.GetValues("Set-Cookie")));
        Assert.Equal(isOpen, response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task SignIn_PreflightOfAPage_AllowsNothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/sign-in");
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task SignIn_ManyAttempts_AreLimitedAsLogins()
    {
        await using var own = await new GatewayFixture().With("Gateway:RateLimits:Login:Address:Burst", "2").With("Gateway:RateLimits:Login:Address:PerSecond", "0.001").StartAsync();
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.SeeOther, (await own.SendAsync("POST", "/sign-in?isRight")).StatusCode);
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, (await own.SendAsync("POST", "/sign-in")).StatusCode);
        using var response = await own.SendAsync("POST", "/sign-in");

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await own.SendAsync("GET", "/sign-in")).StatusCode);
    }

    [Fact]
    public async Task Service_Down_Is503AndTheRestWorks()
    {
        await using var own = await new GatewayFixture().With("services:library:grpc:0", "http://127.0.0.1:1").StartAsync();
        using var response = await own.SendAsync("GET", "/api/v1/books/1");

        await response.ProblemAsync(503);
        Assert.NotNull(response.Headers.RetryAfter);
        using var storage = await own.SendAsync("GET", "/storage/a.png");
        Assert.Equal(HttpStatusCode.OK, storage.StatusCode);
    }

    /// <summary>An address is counted by what fails: a school may sign in as often as it likes.</summary>
    [Fact]
    public async Task RateLimit_OfAnAddress_CountsNoRightSignIn()
    {
        await using var own = await new GatewayFixture().With("Gateway:RateLimits:Login:Address:Burst", "3").With("Gateway:RateLimits:Login:Address:PerSecond", "0.001").StartAsync();
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await own.SendAsync("POST", "/api/v1/sign-in")).StatusCode);
        for (var i = 0; i < 3; i++)
            await (await own.SendAsync("POST", "/api/v1/sign-in", Wrong)).ProblemAsync(401);

        using var refused = await own.SendAsync("POST", "/api/v1/sign-in");
        await refused.ProblemAsync(429);
        // Who was signed in before is no stranger, and has a bucket of its own.
        using var known = await own.SendAsync("POST", "/api/v1/sign-in", token: own.Keys.Mint(age: TimeSpan.FromDays(2)));
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    /// <summary>One client sends <c>{</c> without end; the others of its address sign in as if it were not there.</summary>
    [Theory]
    [InlineData("{", Http.Json, 400)]
    [InlineData("<a/>", "text/xml", 415)]
    [InlineData("{\"field\":\"email\",\"detail\":\"field required\"}", Http.Json, 422)]
    public async Task RateLimit_MalformedAttempts_HaveABucketOfTheirOwn(string body, string type, int status)
    {
        await using var own = await new GatewayFixture().With("Gateway:RateLimits:Login:Address:Burst", "4").With("Gateway:RateLimits:Login:Address:PerSecond", "0.001")
            .With("Gateway:RateLimits:Malformed:Burst", "10").With("Gateway:RateLimits:Malformed:PerSecond", "0.001").StartAsync();
        for (var i = 0; i < 10; i++)
            await (await own.SendAsync("POST", "/api/v1/sign-in", Http.Bytes(Encoding.UTF8.GetBytes(body), type))).ProblemAsync(status);
        for (var i = 0; i < 10; i++)
        {
            using var refused = await own.SendAsync("POST", "/api/v1/sign-in", Http.Bytes(Encoding.UTF8.GetBytes(body), type));
            await refused.ProblemAsync(429);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        for (var i = 0; i < 4; i++)
            await (await own.SendAsync("POST", "/api/v1/sign-in", Wrong)).ProblemAsync(401);
        using var fifth = await own.SendAsync("POST", "/api/v1/sign-in");
        await fifth.ProblemAsync(429);
    }

    [Fact]
    public async Task RateLimit_Exceeded_Is429WithRetryAfter()
    {
        await using var own = await new GatewayFixture().With("Gateway:RateLimits:Login:Address:Burst", "2").With("Gateway:RateLimits:Login:Address:PerSecond", "0.001").StartAsync();
        for (var i = 0; i < 2; i++)
            await (await own.SendAsync("POST", "/api/v1/sign-in", Wrong)).ProblemAsync(401);
        using var response = await own.SendAsync("POST", "/api/v1/sign-in");

        await response.ProblemAsync(429);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("{\"title\":", 400)]
    [InlineData("{\"pages\":\"x\"}", 422)]
    [InlineData("{\"reader\":\"king\"}", 422)]
    [InlineData("{\"title\":\"\u00ff\"}", 200)]
    public async Task Body_Bad_IsTold(string json, int status)
    {
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", Http.JsonBody(json));

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Body_TooLarge_Is413()
    {
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", Http.Bytes(new byte[2_000_000], Http.Json));

        await response.ProblemAsync(413);
    }
}
