using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>An answer of the gateway.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)
{
    public JsonNode? Json => JsonNode.Parse(Text);

    public JsonNode this[string name] => Json![name] ?? throw new InvalidOperationException($"no '{name}' in {Text}");

    /// <summary>The problem's one text, which the clients show.</summary>
    public string Detail => (string)this["detail"]!;

    public Answer Ok()
    {
        Assert.True(Status == HttpStatusCode.OK, $"{(int)Status}: {Text}");
        return this;
    }
}

/// <summary>A client of the HTTP API, as the web client is one.</summary>
public sealed class ApiClient(HttpClient http, string? token = null)
{
    private const int LoginAttempts = 5;

    public string? Token => token;

    public HttpClient Http => http;

    public string? RefreshToken { get; private init; }

    /// <summary>Signs in, and waits as long as the answer says where a machine that restarts half of the system has no time for a hash.</summary>
    public async Task<ApiClient> LoginAsync(string email, string password)
    {
        var answer = await TryLoginAsync(email, password);
        for (var attempt = 1; attempt < LoginAttempts && answer.Status == HttpStatusCode.TooManyRequests; attempt++)
        {
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value);
            answer = await TryLoginAsync(email, password);
        }

        answer.Ok();
        return new ApiClient(http, (string)answer["accessToken"]!) { RefreshToken = (string)answer["refreshToken"]! };
    }

    public Task<Answer> TryLoginAsync(string email, string password) =>
        SendAsync(HttpMethod.Post, "/api/v1/auth/login", new { email, password });

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PutAsync(string path, object body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    /// <summary>React sends an empty object with every DELETE.</summary>
    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, new { });

    public Task<Answer> UploadAsync(HttpMethod method, string path, string field, string fileName, byte[] content) =>
        SendAsync(method, path, new MultipartFormDataContent { { new ByteArrayContent(content), field, fileName } });

    public Task<Answer> SendAsync(HttpMethod method, string path, object? body = null) =>
        SendAsync(method, path, body is null ? null : JsonContent.Create(body));

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request).WaitAsync(RunningSystem.StepLimit);
        return new Answer(response.StatusCode, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync()), response.Headers);
    }

    /// <summary>The same API as the Android client speaks it.</summary>
    public async Task<TResponse> ProtobufAsync<TResponse>(HttpMethod method, string path, IMessage? body = null)
        where TResponse : IMessage<TResponse>, new()
    {
        using var request = new HttpRequestMessage(method, "/mobile" + path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body.ToByteArray());
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        }

        using var response = await http.SendAsync(request).WaitAsync(RunningSystem.StepLimit);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{(int)response.StatusCode}: {Encoding.UTF8.GetString(bytes)}");
        return new MessageParser<TResponse>(() => new TResponse()).ParseFrom(bytes);
    }
}
