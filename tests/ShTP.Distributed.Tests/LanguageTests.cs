using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>A Russian browser before the whole system: what goes wrong is said in Russian, whichever process says it.</summary>
[Collection(CalmSystem.Name)]
public sealed class LanguageTests(RunningSystem system)
{
    private const string OfBrowser = "ru-RU,ru;q=0.9,en;q=0.8";

    [Fact]
    public async Task Login_WrongPassword_IsRussianThenThrottledInRussian()
    {
        var login = new { email = School.UniqueEmail(), password = "wrong password" };
        var refused = await AskAsync(HttpMethod.Post, "/api/v1/auth/login", login);
        var english = await AskAsync(HttpMethod.Post, "/api/v1/auth/login", login, language: null);
        var throttled = refused;
        for (var attempt = 0; attempt < 50 && throttled.Status == HttpStatusCode.Unauthorized; attempt++)
            throttled = await AskAsync(HttpMethod.Post, "/api/v1/auth/login", login);

        Assert.Equal((HttpStatusCode.Unauthorized, "Неверная почта или пароль"), (refused.Status, refused.Detail));
        Assert.Equal((HttpStatusCode.Unauthorized, "Invalid pair login && password"), (english.Status, english.Detail));
        Assert.Equal((HttpStatusCode.TooManyRequests, "Слишком много неудачных попыток, попробуйте позже"), (throttled.Status, throttled.Detail));
    }

    [Fact]
    public async Task Request_Refused_IsRussianInEveryService()
    {
        var admin = await system.AdminAsync();
        var group = await admin.CreateGroupAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(group, email);

        var faults = await AskAsync(HttpMethod.Put, "/api/v1/users", new { email = "no address", password = "short", firstName = "", lastName = "Lovelace", role = "student", groupId = "x", learningClass = 99 }, admin);
        var taken = await AskAsync(HttpMethod.Put, "/api/v1/users", new { email, password = School.Password, firstName = "Grace", lastName = "Hopper", role = "student", groupId = group, learningClass = 10 }, admin);
        var unknown = await AskAsync(HttpMethod.Get, $"/api/v1/assignments/tasks/{Guid.NewGuid()}", null, admin);
        var noJson = await AskAsync(HttpMethod.Put, "/api/v1/groups", "{", admin);
        var elsewhere = await AskAsync(HttpMethod.Put, "/api/v1/assignments/contests", new { tasks = new[] { Guid.NewGuid() }, forGroups = new[] { group }, title = "Contest", description = "", forLearningClass = 10, mark5 = 1, mark4 = 1, mark3 = 1 }, admin);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, faults.Status);
        Assert.Equal(
            [
                "email: это не адрес электронной почты",
                "firstName: обязательное поле",
                "groupId: это не UUID",
                "learningClass: должно быть от 0 до 11",
                "password: должно быть от 8 до 128 символов",
            ],
            faults["errors"].AsArray().Select(fault => $"{fault!["field"]}: {fault["detail"]}").Order(StringComparer.Ordinal));
        Assert.Equal("INVALID_ARGUMENT", (string)faults["code"]!);
        Assert.Equal((HttpStatusCode.Conflict, "Пользователь с такой почтой уже есть"), (taken.Status, taken.Detail));
        Assert.Equal((HttpStatusCode.NotFound, "Задача с таким uuid не найдена"), (unknown.Status, unknown.Detail));
        Assert.Equal(HttpStatusCode.BadRequest, noJson.Status);
        Assert.StartsWith("ошибка в JSON", noJson.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.Status);
        Assert.StartsWith("Задача с таким uuid не найдена: ", elsewhere.Detail, StringComparison.Ordinal);
    }

    /// <summary>Auth says it, whom Users asks.</summary>
    [Fact]
    public async Task Request_RefusedByAServiceBehindTheService_IsRussian()
    {
        var admin = await system.AdminAsync();
        var email = School.UniqueEmail();
        await admin.CreateUserAsync(await admin.CreateGroupAsync(), email);
        var student = await system.Anonymous().LoginAsync(email, School.Password);

        var refused = await AskAsync(HttpMethod.Patch, "/api/v1/users", new { password = new { currentPassword = "not mine", newPassword = "another good one", confirmPassword = "another good one" } }, student);

        Assert.Equal((HttpStatusCode.BadRequest, "Текущий пароль неверен"), (refused.Status, refused.Detail));
    }

    [Fact]
    public async Task Upload_Refused_IsRussian()
    {
        var admin = await system.AdminAsync();
        using var large = new MultipartFormDataContent { { new ByteArrayContent(new byte[11 * 1024 * 1024]), "avatar", "me.png" } };
        using var other = new MultipartFormDataContent { { new ByteArrayContent("no picture"u8.ToArray()), "avatar", "me.png" } };

        var tooLarge = await AskAsync(HttpMethod.Patch, "/api/v1/users/avatar", large, admin);
        var noPicture = await AskAsync(HttpMethod.Patch, "/api/v1/users/avatar", other, admin);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.Status);
        Assert.Matches("^(avatar: файл больше|Запрос больше) [0-9]+ байт$", tooLarge.Detail);
        Assert.Equal(HttpStatusCode.BadRequest, noPicture.Status);
        Assert.StartsWith("Файлы с таким расширением загружать нельзя: ", noPicture.Detail, StringComparison.Ordinal);
    }

    /// <summary>Two faults of each of a hundred tests.</summary>
    [Fact]
    public async Task Task_WithHundredsOfFaults_ListsThemInRussian()
    {
        var admin = await system.AdminAsync();
        var tests = Enumerable.Repeat(new { input = "x y", output = "?" }, 100);

        var refused = await AskAsync(HttpMethod.Put, "/api/v1/assignments/tasks", new { title = "Sum", text = "<p>Sum</p>", timeLimit = 1, memoryLimit = 64, tests, testsTypes = new { input = new[] { "int" }, output = new[] { "int" } }, functionName = "sum" }, admin);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal(200, refused["errors"].AsArray().Count);
        Assert.Contains("tests[99].output: должен быть JSON того же типа, что и результат", refused.Detail, StringComparison.Ordinal);
    }

    /// <summary>The two texts that the web client compares, and the files of a page that has been open for long.</summary>
    [Fact]
    public async Task Token_NoneOrLinkBroken_IsSaidAsTheClientsNeedIt()
    {
        var none = await AskAsync(HttpMethod.Get, "/api/v1/auth/me", null, new ApiClient(system.Anonymous().Http, "null"));
        var link = await AskAsync(HttpMethod.Get, "/storage/achievements/0.png?exp=1&sig=x", null);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "Not enough segments"), (none.Status, none.Detail));
        Assert.Equal(HttpStatusCode.Forbidden, link.Status);
        Assert.Matches(@"\p{IsCyrillic}", link.Detail);
    }

    private async Task<Answer> AskAsync(HttpMethod method, string path, object? body, ApiClient? client = null, string? language = OfBrowser)
    {
        client ??= system.Anonymous();
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch
            {
                null => null,
                HttpContent content => content,
                string text => new StringContent(text, Encoding.UTF8, "application/json"),
                _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
            },
        };
        if (language is not null)
            request.Headers.Add("Accept-Language", language);
        if (client.Token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", client.Token);
        using var response = await client.Http.SendAsync(request).WaitAsync(RunningSystem.StepLimit);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }
}
