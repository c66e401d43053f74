using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ShTP.Localization;
using ShTP.Rpc.Readers;
using static ShTP.Gateway.Tests.EndToEnd.Http;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>Errors are in the language of whoever reads them.</summary>
public sealed class LanguageTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string Library = "failed to connect to all addresses";

    private const string OfBrowser = "ru-RU,ru;q=0.9,en;q=0.8";

    [Theory]
    [InlineData(OfBrowser, "ru")]
    [InlineData("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru")]
    [InlineData("RU", "ru")]
    [InlineData("en-US,en;q=0.9", "en")]
    [InlineData("en-US,en;q=0.9,ru;q=0.8", "en")]
    [InlineData("ru;q=0.5,en;q=0.8", "en")]
    [InlineData("en;q=0.5, ru;q=0.8", "ru")]
    [InlineData("de, fr;q=0.9, es;q=0.8, it;q=0.7, ru;q=0.1", "ru")]
    [InlineData("ru;q=0", "en")]
    [InlineData("ru;q=0, en;q=0.1", "en")]
    [InlineData("de", "en")]
    [InlineData("rus", "en")]
    [InlineData("*", "en")]
    [InlineData("", "en")]
    [InlineData("ru;q=x,,;", "en")]
    public void Language_OfAProgram_IsThePreferredOneOrEnglish(string accepted, string language) =>
        Assert.Equal(language, Languages.TagOf(RequestLanguage.Of(Request(accepted))));

    [Theory]
    [InlineData("", "ru")]
    [InlineData("*", "ru")]
    [InlineData("kk-KZ", "ru")]
    [InlineData("ru;q=0, en;q=0.1", "en")]
    [InlineData("en-US,en;q=0.9", "en")]
    public void Language_OfAClientThatShowsTexts_IsThePreferredOneOrRussian(string accepted, string language)
    {
        foreach (var (name, value) in new[] { ("Origin", "https://shtp.school"), ("Sec-Fetch-Site", "same-origin"), ("User-Agent", "okhttp/4.9.0") })
        {
            var request = Request(accepted);
            request.Headers[name] = value;

            Assert.Equal(language, Languages.TagOf(RequestLanguage.Of(request)));
        }
    }

    [Theory]
    [InlineData("POST", "/api/v1/fail", "no JSON", 400, "ошибка в JSON в строке 1, байт 1: ожидается значение")]
    [InlineData("POST", "/api/v1/fail", """{"code":"many"}""", 422, "code: должно быть целое число от -2147483648 до 2147483647")]
    [InlineData("POST", "/api/v1/fail", """{"field":"title","detail":"field required"}""", 422, "title: обязательное поле")]
    [InlineData("POST", "/api/v1/fail", """{"code":4}""", 504, "Сервис не ответил вовремя")]
    [InlineData("GET", "/api/v1/polls", null, 404, "Не найдено")]
    [InlineData("POST", "/api/v1/books", null, 405, "Такой метод здесь не поддерживается")]
    [InlineData("GET", "/api/v1/books?count=x", null, 422, "count: должно быть целое число от -2147483648 до 2147483647")]
    [InlineData("GET", "/api/v1/me", null, 401, "Вы не вошли: в запросе нет заголовка Authorization")]
    public async Task Error_ForARussianReader_IsRussian(string verb, string path, string? body, int status, string detail)
    {
        using var response = await SendAsync(verb, path, body, OfBrowser);

        Assert.Equal(detail, await response.ProblemAsync(status));
        Assert.Equal("ru", response.Content.Headers.ContentLanguage.Single());
        Assert.Contains("Accept-Language", response.Headers.Vary);
    }

    [Fact]
    public async Task Error_ForARussianReader_KeepsWhatProgramsRead()
    {
        using var response = await SendAsync("POST", "/api/v1/fail", """{"field":"title","detail":"field required"}""", OfBrowser);
        using var json = JsonDocument.Parse(await response.TextAsync());

        Assert.Equal("INVALID_ARGUMENT", json.RootElement.GetProperty("code").GetString());
        var fault = json.RootElement.GetProperty("errors")[0];
        Assert.Equal(("title", "обязательное поле"), (fault.GetProperty("field").GetString(), fault.GetProperty("detail").GetString()));
    }

    /// <summary>The web client compares these two.</summary>
    [Fact]
    public async Task Token_ExpiredOrNone_HasTheTextThatTheWebClientCompares()
    {
        using var expired = await SendAsync("GET", "/api/v1/me", null, OfBrowser, gateway.Keys.Mint(age: TimeSpan.FromDays(2)));
        using var none = await SendAsync("GET", "/api/v1/me", null, OfBrowser, "null");

        Assert.Equal("Signature has expired", await expired.ProblemAsync(403));
        Assert.Equal("Not enough segments", await none.ProblemAsync(422));
    }

    [Fact]
    public async Task Upload_TooLarge_IsRussianForARussianReader()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[300_001]), "cover", "a.png" } };
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/cover") { Content = form, Headers = { { "Accept-Language", OfBrowser } } };
        request.Headers.Add("Authorization", $"Bearer {gateway.Keys.Mint()}");
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("cover: файл больше 300000 байт", await response.ProblemAsync(413));
    }

    [Fact]
    public async Task RateLimit_ForARussianReader_IsRussian()
    {
        await using var own = await new GatewayFixture().With("Gateway:RateLimits:Ordinary:Address:Burst", "1").With("Gateway:RateLimits:Ordinary:Address:PerSecond", "0.01").StartAsync();
        using var first = await own.SendAsync("GET", "/api/v1/books/1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/books/1") { Headers = { { "Accept-Language", OfBrowser } } };
        using var second = await own.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("Слишком много запросов, попробуйте позже", await second.ProblemAsync(429));
    }

    /// <summary>As the web client calls it where a browser says nothing about languages.</summary>
    [Fact]
    public async Task Error_ForAPageOfAnotherOrigin_IsRussian()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/polls") { Headers = { { "Origin", "https://shtp.school" } } };
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("Не найдено", await response.ProblemAsync(404));
    }

    [Fact]
    public async Task Error_ForAProgram_IsEnglishAndSaysSo()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/polls");

        Assert.Equal("Not Found", await response.ProblemAsync(404));
        Assert.Equal("en", response.Content.Headers.ContentLanguage.Single());
    }

    /// <summary>gRPC's own errors have no translation, and those about connections have addresses of the inside.</summary>
    [Theory]
    [InlineData(14, 503, "Сервис недоступен, попробуйте позже", "The service is not available, try again later")]
    [InlineData(13, 500, "Запрос не выполнен (Internal)", "The call failed (Internal)")]
    [InlineData(12, 501, "Сервис не умеет выполнять этот запрос", Library)]
    public async Task Error_OfALibrary_IsReplacedByWhatTheCodeSays(int code, int status, string inRussian, string inEnglish)
    {
        var body = $$"""{"code":{{code}},"detail":"{{Library}}"}""";
        using var russian = await SendAsync("POST", "/api/v1/fail", body, OfBrowser);
        using var english = await SendAsync("POST", "/api/v1/fail", body, "en");

        Assert.Equal((inRussian, inEnglish), (await russian.ProblemAsync(status), await english.ProblemAsync(status)));
    }

    /// <summary>In gRPC they are headers, and a Russian letter takes six bytes there.</summary>
    [Fact]
    public async Task Faults_Hundreds_ArriveInRussian()
    {
        var detail = string.Concat(Enumerable.Repeat("тест ", 4_000));
        using var response = await SendAsync("POST", "/api/v1/fail", JsonSerializer.Serialize(new { field = "tests", detail }), OfBrowser);

        Assert.Equal($"tests: {detail}", await response.ProblemAsync(422));
    }

    [Fact]
    public async Task Answer_WithoutAnError_HasNoLanguage()
    {
        using var response = await SendAsync("GET", "/api/v1/books/1", null, OfBrowser);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(response.Content.Headers.ContentLanguage);
        Assert.Empty(response.Headers.Vary);
    }

    private static HttpRequest Request(string accepted)
    {
        var request = new DefaultHttpContext().Request;
        if (accepted.Length > 0)
            request.Headers.AcceptLanguage = accepted;
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(string verb, string path, string? body, string accepted, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Content = body is null ? null : JsonBody(body) };
        request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
