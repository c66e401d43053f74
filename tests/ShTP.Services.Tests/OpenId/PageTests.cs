using System.Net;
using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Microsoft.EntityFrameworkCore;
using ShTP.Services.Tests.Auth;
using Xunit;

namespace ShTP.Services.Tests.OpenId;

/// <summary>The pages: what they say, how they are protected, whom they serve.</summary>
public sealed class PageTests(OpenIdSystem system) : IClassFixture<OpenIdSystem>
{
    [Theory]
    [InlineData("ru", "ru", "Вход на сайт «Library» через ШТП", "Войти на сайт «Library»?")]
    [InlineData("ru-RU, en;q=0.5", "ru", "Вход на сайт «Library» через ШТП", "Войти на сайт «Library»?")]
    [InlineData("de, en-GB;q=0.8, ru;q=0.3", "en", "Sign in to “Library” with ShTP", "Sign in to “Library”?")]
    [InlineData("en;q=0, *", "ru", "Вход на сайт «Library» через ШТП", "Войти на сайт «Library»?")]
    public async Task Pages_InTheBrowsersLanguage_AreSpokenAndMarkedSo(string accepted, string language, string signIn, string consent)
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit(accepted);

        var first = await visitor.OpenAsync(site.Request().Address);
        var second = await visitor.SignInAsync(first, email, AuthSystem.Password);

        Assert.Equal((signIn, language), (first.Title, first.Document.DocumentElement.GetAttribute("lang")));
        Assert.Equal((consent, language), (second.Title, second.Document.DocumentElement.GetAttribute("lang")));
        Assert.All([first, second], page => Assert.Equal(page.Title, page.Document.Title));
    }

    [Fact]
    public async Task SignIn_WithAPasswordForOneSignIn_AsksForANewOne()
    {
        const string oneTime = "kxmt-7h4p-wq9d", chosen = "battery staple";
        var (id, email) = await system.CreatePersonAsync();
        var hash = (await system.Auth.Internal().HashPasswordsAsync(new ShTP.Auth.V1.HashPasswordsRequest { Passwords = { oneTime } })).Hashes.Single();
        var credentials = new ShTP.Auth.V1.Credentials { UserId = id.ToString(), Email = email, PasswordHash = hash, MustChange = true };
        await system.Auth.Internal().SetCredentialsAsync(new ShTP.Auth.V1.SetCredentialsRequest { Credentials = { credentials } }, AuthSystem.Message());
        using var visitor = system.Visit();

        var asked = await visitor.SignInAsync(await visitor.OpenAsync("/sign-in"), email, oneTime);
        var again = await SubmitAsync(asked, "short");
        var done = await SubmitAsync(again, chosen);

        Assert.All([asked, again], page =>
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
            Assert.Equal("This password is for one sign-in. Enter it again and choose another one of 8 to 128 characters.", page.Document.QuerySelector("[role=alert]")!.TextContent);
            Assert.Equal(["username", "current-password", "new-password"], page.Document.QuerySelectorAll("input:not([type=hidden])").Select(input => input.GetAttribute("autocomplete")));
        });
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Equal("You are signed in to ShTP", (await visitor.OpenAsync("/sign-in")).Title);
        await system.Auth.LogInAsync(email, chosen);

        Task<ShTP.Testing.Page> SubmitAsync(ShTP.Testing.Page page, string newPassword) =>
            visitor.SubmitAsync(page, "/sign-in", null, ("email", email), ("password", oneTime), ("new_password", newPassword));
    }

    [Fact]
    public async Task SignIn_ForNoSite_LeadsToTheFirstPageOfTheGateway()
    {
        await using var own = await AuthSystem.StartAsync(1, ("School:Name", "Лицей <№ 1>"));
        var (_, email) = await own.CreateUserAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = own.Host.HttpAddress };
        var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await http.GetStringAsync("/sign-in"));
        var form = page.QuerySelectorAll<IHtmlInputElement>("input").ToDictionary(input => input.Name!, input => input.Value);
        (form["email"], form["password"]) = (email, AuthSystem.Password);

        using var signedIn = await http.PostAsync("/sign-in", new FormUrlEncodedContent(form));

        Assert.Equal((HttpStatusCode.SeeOther, "/"), (signedIn.StatusCode, signedIn.Headers.Location?.OriginalString));
        var again = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await http.GetStringAsync("/sign-in"));
        Assert.Equal("/", again.QuerySelector("footer a")!.GetAttribute("href"));
        Assert.All([page, again], shown => Assert.Equal("Лицей <№ 1>", shown.QuerySelector(".school")!.TextContent));
    }

    [Fact]
    public async Task Pages_ForAssistiveTechnology_AreLabelledAndInOrder()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var first = await visitor.OpenAsync(site.Request().Address);
        var wrong = await visitor.SignInAsync(first, email, "wrong password");
        var second = await visitor.SignInAsync(wrong, email, AuthSystem.Password);

        foreach (var page in new[] { first, wrong, second })
        {
            Assert.Single(page.Document.QuerySelectorAll("main"));
            Assert.Single(page.Document.QuerySelectorAll("h1"));
            Assert.Empty(page.Document.QuerySelectorAll("[tabindex]"));
            Assert.All(page.Document.QuerySelectorAll<IHtmlInputElement>("input:not([type=hidden])"), input =>
                Assert.NotEmpty(page.Document.QuerySelector($"label[for={input.Id}]")!.TextContent));
            Assert.All(page.Document.QuerySelectorAll("button"), button => Assert.NotEmpty(button.TextContent));
        }

        Assert.Equal(["username", "current-password"], first.Document.QuerySelectorAll("input:not([type=hidden])").Select(input => input.GetAttribute("autocomplete")));
        Assert.Equal(email, wrong.Document.QuerySelector<IHtmlInputElement>("#email")!.Value);
        Assert.Equal("", wrong.Document.QuerySelector<IHtmlInputElement>("#password")!.Value);
        Assert.Equal("fault", wrong.Document.QuerySelector("#password")!.GetAttribute("aria-describedby"));
        Assert.Equal(["allow", "deny"], second.Document.QuerySelectorAll<IHtmlButtonElement>("button[name=decision]").Select(button => button.Value));
        Assert.Contains(email, second.Document.QuerySelector("footer")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_OfAnySite_AllowNoScriptNoFrameAndNoOtherOrigin()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var plain = await visitor.OpenAsync("/sign-in");
        var first = await visitor.OpenAsync(site.Request().Address);
        var second = await visitor.SignInAsync(first, email, AuthSystem.Password);
        var fault = await visitor.OpenAsync("/connect/authorize");

        foreach (var (page, origin) in new[] { (plain, ""), (first, " https://site.example"), (second, " https://site.example"), (fault, "") })
        {
            var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
            Assert.Matches($"^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{{43}}='; form-action 'self'{origin}; frame-ancestors 'none'; base-uri 'none'$", policy);
            Assert.Equal("DENY", Assert.Single(page.Headers.GetValues("X-Frame-Options")));
            Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
            Assert.True(page.Headers.CacheControl!.NoStore);
            Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.Empty(page.Document.QuerySelectorAll("script, iframe, img, link, [style], [onclick]"));
        }
    }

    [Fact]
    public async Task Pages_NameThatIsMarkup_IsShownAsText()
    {
        const string name = "</h1><script>alert(1)</script>\"'&{0}";
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync(name: name);
        using var visitor = system.Visit();

        var first = await visitor.OpenAsync(site.Request(changes: ("state", "\"><script>alert(2)</script>")).Address);
        var second = await visitor.SignInAsync(first, email, AuthSystem.Password);
        var left = await visitor.SubmitAsync(second, "/connect/authorize", "allow");

        Assert.All([first, second], page => Assert.Contains(name, page.Title, StringComparison.Ordinal));
        Assert.All([first, second], page => Assert.Empty(page.Document.QuerySelectorAll("script")));
        Assert.Equal("\"><script>alert(2)</script>", left["state"]);
    }

    [Theory]
    [InlineData("", "x", "Enter an e-mail address, such as name@example.org.")]
    [InlineData("no address", "x", "Enter an e-mail address, such as name@example.org.")]
    [InlineData("somebody@example.org", "", "Enter your password.")]
    public async Task SignIn_FieldMissing_SaysWhich(string email, string password, string expected)
    {
        using var visitor = system.Visit();
        var page = await visitor.SignInAsync(await visitor.OpenAsync("/sign-in"), email, password);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, expected), (page.Status, page.Alert));
        Assert.Single(page.Document.QuerySelectorAll("[aria-invalid=true]"));
    }

    [Fact]
    public async Task SignIn_PasswordThatCannotBe_IsWrong()
    {
        var (_, email) = await system.CreatePersonAsync();
        using var visitor = system.Visit();
        var page = await visitor.SignInAsync(await visitor.OpenAsync("/sign-in"), email, new string('x', 129));
        Assert.Equal((HttpStatusCode.Forbidden, "Wrong e-mail or password."), (page.Status, page.Alert));
    }

    [Fact]
    public async Task OtherAccount_OnTheConsentPage_LeadsBackToTheSiteAsSomebodyElse()
    {
        var ((first, firstEmail), (second, secondEmail)) = (await system.CreatePersonAsync(), await system.CreatePersonAsync());
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        var (address, verifier) = site.Request();
        var page = await visitor.SignInAsync(await visitor.OpenAsync(address), firstEmail, AuthSystem.Password);

        page = await visitor.SubmitAsync(page, "/sign-out");
        page = await visitor.SignInAsync(page, secondEmail, AuthSystem.Password);
        page = await visitor.SubmitAsync(page, "/connect/authorize", "allow");

        var granted = new Granted((await system.ExchangeAsync(site, page["code"]!, verifier)).Ok().Json);
        Assert.Equal(second.ToString(), (string)(await system.UserInfoAsync(granted.AccessToken)).Ok().Json["sub"]!);
        Assert.Single((await system.Auth.Client((await system.Auth.LogInAsync(firstEmail)).AccessToken).ListSessionsAsync(new())).Sessions);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Browser_SignedInThisMorning_SignsInAgain()
    {
        var (_, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var visitor = system.Visit();
        await OpenIdSystem.CodeAsync(visitor, site, email);

        system.Auth.Time.Advance(TimeSpan.FromHours(8) + TimeSpan.FromSeconds(1));

        Assert.NotNull((await visitor.OpenAsync(site.Request().Address)).Document.QuerySelector("input[type=password]"));
    }

    [Fact]
    public async Task Browser_OfWhoSignedInThere_IsHeardWhileStrangersGuess()
    {
        var (id, email) = await system.CreatePersonAsync();
        using var visitor = system.Visit();
        await visitor.SignInAsync(await visitor.OpenAsync("/sign-in"), email, AuthSystem.Password);
        await visitor.SubmitAsync(await visitor.OpenAsync("/sign-in"), "/sign-out");
        // By its cookie alone.
        await system.Auth.QueryAsync(db => db.KnownPlaces.Where(place => place.UserId == id).ExecuteDeleteAsync());
        var guess = () => system.Auth.LogInAsync(email, "wrong password", address: "127.0.0.1");
        for (var i = 0; i < 5; i++)
            await Failing.WithAsync(Grpc.Core.StatusCode.Unauthenticated, guess);
        await Failing.WithAsync(Grpc.Core.StatusCode.ResourceExhausted, guess);

        var page = await visitor.SignInAsync(await visitor.OpenAsync("/sign-in"), email, AuthSystem.Password);

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("You are signed in to ShTP", (await visitor.OpenAsync("/sign-in")).Title);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public async Task Browser_SignsInAgain_EndsItsEarlierSessionAndNoOther(int hoursLater)
    {
        var (id, email) = await system.CreatePersonAsync();
        var site = await system.CreateSiteAsync();
        using var elsewhere = system.Visit();
        await elsewhere.SignInAsync(await elsewhere.OpenAsync("/sign-in"), email, AuthSystem.Password);
        var kept = await OpenSessionsAsync(id);
        using var visitor = system.Visit();
        await visitor.SignInAsync(await visitor.OpenAsync("/sign-in"), email, AuthSystem.Password);
        var before = await OpenSessionsAsync(id);
        system.Auth.Time.Advance(TimeSpan.FromHours(hoursLater));

        await visitor.SignInAsync(await visitor.OpenAsync(site.Request().Address + "&prompt=login"), email, AuthSystem.Password);

        var after = await OpenSessionsAsync(id);
        Assert.Equal((2, 2), (before.Count, after.Count));
        Assert.Equal(kept, before.Intersect(after));
    }

    private Task<List<Guid>> OpenSessionsAsync(Guid user) => system.Auth.QueryAsync(db =>
        db.Sessions.Where(session => session.UserId == user && session.EndedAt == null).Select(session => session.Id).ToListAsync());

    [Fact]
    public async Task Cookies_BehindHttps_AreBoundToTheHost()
    {
        await using var own = await AuthSystem.StartAsync(1, ("Auth:OpenId:Issuer", "https://shtp.school.example"));
        var (_, email) = await own.CreateUserAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = own.Host.HttpAddress };

        using var shown = await http.GetAsync("/sign-in");
        var cookie = Assert.Single(shown.Headers.GetValues("Set-Cookie"));
        var form = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await shown.Content.ReadAsStringAsync())
            .QuerySelectorAll<IHtmlInputElement>("input").ToDictionary(input => input.Name!, input => input.Value);
        (form["email"], form["password"]) = (email, AuthSystem.Password);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new FormUrlEncodedContent(form) };
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var signedIn = await http.SendAsync(request);
        using var discovery = await http.GetAsync("/.well-known/openid-configuration");

        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        string[] cookies = [cookie, .. signedIn.Headers.GetValues("Set-Cookie").Order(StringComparer.Ordinal)];
        Assert.Equal(["__Host-shtp-form", "__Host-shtp-device", "__Host-shtp-session"], cookies.Select(text => text.Split('=')[0]));
        Assert.All(cookies, text => Assert.Equal(
            ["httponly", "path=/", "samesite=lax", "secure"], text.Split(';').Skip(1).Select(part => part.Trim().ToLowerInvariant()).Where(part => !part.StartsWith("expires=", StringComparison.Ordinal)).Order()));
        Assert.Equal([false, true, false], cookies.Select(text => text.Contains("expires=", StringComparison.Ordinal)));

        var facts = System.Text.Json.Nodes.JsonNode.Parse(await discovery.Content.ReadAsStringAsync())!;
        Assert.Equal(("https://shtp.school.example/", "https://shtp.school.example/connect/token"), ((string)facts["issuer"]!, (string)facts["token_endpoint"]!));
    }

    [Fact]
    public async Task Replica_Another_TakesFormsAndCookiesOfTheFirst()
    {
        await using var own = await AuthSystem.StartAsync(replicas: 1);
        var (_, email) = await own.CreateUserAsync();
        var other = await own.AddReplicaAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        var form = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await http.GetStringAsync(new Uri(own.Host.HttpAddress, "/sign-in")))
            .QuerySelectorAll<IHtmlInputElement>("input").ToDictionary(input => input.Name!, input => input.Value);
        (form["email"], form["password"]) = (email, AuthSystem.Password);

        using var signedIn = await http.PostAsync(new Uri(other.HttpAddress, "/sign-in"), new FormUrlEncodedContent(form));

        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
        var shown = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await http.GetStringAsync(new Uri(own.Host.HttpAddress, "/sign-in")));
        Assert.Contains("Вы вошли как", shown.Body!.TextContent, StringComparison.Ordinal);
        var stored = Assert.Single(await own.QueryAsync(db => db.DataProtectionKeys.Select(key => key.Xml!).ToListAsync()));
        Assert.Contains("encryptedSecret", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_TooLarge_IsRefused()
    {
        using var visitor = system.Visit();
        var page = await visitor.PostAsync("/sign-in", new Dictionary<string, string> { ["email"] = new('x', 100_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, page.Status);
    }

    [Theory]
    [InlineData(70_000)]
    [InlineData(200_000)]
    public async Task Body_TooLargeInChunks_IsRefused(int size)
    {
        var content = new StringContent($"email={new string('x', size)}", new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        var answer = await system.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = content, Headers = { TransferEncodingChunked = true } });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
    }

    [Fact]
    public async Task TokenEndpoint_FromAPageElsewhere_IsReadable()
    {
        var answer = await system.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent([]) });
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("*", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
    }
}
