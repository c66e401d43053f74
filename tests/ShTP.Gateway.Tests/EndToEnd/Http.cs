using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>Requests and answers in one line.</summary>
internal static class Http
{
    public const string Json = "application/json";
    public const string Protobuf = "application/x-protobuf";

    public static async Task<HttpResponseMessage> SendAsync(this GatewayFixture gateway, string verb, string path, HttpContent? body = null, string? accept = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Content = body };
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token.Contains(' ', StringComparison.Ordinal) ? token : "Bearer " + token);
        return await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static StringContent JsonBody(string json) => new(json, Encoding.UTF8, Json);

    public static ByteArrayContent ProtobufBody(IMessage message) => Bytes(message.ToByteArray(), Protobuf);

    public static ByteArrayContent Bytes(byte[] bytes, string type) => new(bytes) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };

    public static async Task<string> TextAsync(this HttpResponseMessage response) => await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>Checks that the answer is a problem with CORS headers, and gives its detail.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response, int status)
    {
        var text = await response.TextAsync();
        Assert.True((int)response.StatusCode == status, $"expected {status}, got {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var json = JsonDocument.Parse(text);
        Assert.Equal(status, json.RootElement.GetProperty("status").GetInt32());
        return json.RootElement.GetProperty("detail").GetString()!;
    }
}
