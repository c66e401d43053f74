using System.Text;
using System.Text.Json;
using ShTP.Gateway.Tests.EndToEnd;

namespace ShTP.Gateway.Tests.Hostile;

/// <summary>Bytes that break HTTP, a codec or an expectation: a problem document, and the gateway goes on.</summary>
public sealed class HostileInputTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string Put = "PUT /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    private const string PutProtobuf = "PUT /api/v1/books HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nContent-Type: application/x-protobuf\r\n";

    /// <summary>HTTP is in order and what it carries is not: always a problem document of this status.</summary>
    public static TheoryData<string, int, string> Understood => new()
    {
        { "JSON: cut in the middle", 400, WithBody(Put, """{"title":"x","tags":["a" """) },
        { "JSON: two documents", 400, WithBody(Put, "{}{}") },
        { "JSON: invalid UTF-8", 400, WithBody(Put, "{\"title\":\"\xC3\x28\"}") },
        { "JSON: lone surrogate", 400, WithBody(Put, "{\"title\":\"\\ud800\"}") },
        { "JSON: a thousand arrays deep", 400, WithBody(Put, $"{{\"unknown\":{new string('[', 1000)}{new string(']', 1000)}}}") },
        { "JSON: a hundred thousand arrays deep", 400, WithBody(Put, $"{{\"unknown\":{new string('[', 100_000)}") },
        { "JSON: an array instead of an object", 422, WithBody(Put, "[]") },
        { "JSON: number out of range", 422, WithBody(Put, "{\"pages\":2147483648}") },
        { "JSON: unknown enum value", 422, WithBody(Put, "{\"reader\":\"king\"}") },
        { "JSON: UTF-16", 400, WithBody(Put, "\xFF\xFE{\0}\0") },
        { "JSON: compressed", 415, WithBody(Put + "Content-Encoding: gzip\r\n", "\x1f\x8b\b\0\0\0\0\0\0\x03") },
        { "Protobuf: cut length", 400, WithBody(PutProtobuf, "\x0A\x7Fxy") },
        { "Protobuf: endless varint", 400, WithBody(PutProtobuf, "\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01") },
        { "Protobuf: field number 0", 400, WithBody(PutProtobuf, "\x02\x01x") },
        { "Protobuf: reserved wire type", 400, WithBody(PutProtobuf, "\x0F") },
        { "Protobuf: end of a group that was not begun", 400, WithBody(PutProtobuf, "\x0C") },
        { "Protobuf: groups a thousand deep", 400, WithBody(PutProtobuf, new string('\x7B', 1000) + new string('\x7C', 1000)) },
        { "Protobuf: invalid UTF-8", 400, WithBody(PutProtobuf, "\x12\x02\xC3\x28") },
        { "Protobuf: JSON instead", 400, WithBody(PutProtobuf, "{}") },
        { "Body: no type", 415, WithBody("PUT /api/v1/books HTTP/1.1\r\nHost: x\r\n", "{}") },
        { "Body: foreign type", 415, WithBody("PUT /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\n", "<a/>") },
        { "Body: announced too large", 413, Put + "Content-Length: 999999999\r\n\r\n" },
        { "Chunks: too large", 413, Put + "Transfer-Encoding: chunked\r\n\r\n" + $"200000\r\n{new string(' ', 0x200000)}\r\n0\r\n\r\n" },
        { "Chunks: size is no number", 400, Put + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" },
        { "Chunks: negative size", 400, Put + "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n" },
        { "Chunks: size overflows", 400, Put + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n" },
        { "Chunks: longer than announced", 400, Put + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n" },
        { "Accept: malformed", 400, "GET /api/v1/books HTTP/1.1\r\nHost: x\r\nAccept: ///\r\n\r\n" },
        { "Accept: impossible", 406, "GET /api/v1/books HTTP/1.1\r\nHost: x\r\nAccept: image/png\r\n\r\n" },
        { "Path: invalid UTF-8", 400, "GET /api/v1/books/%C3%28 HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "Query: invalid UTF-8", 400, "GET /api/v1/books?tags=%C3%28 HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "Query: wrong type", 422, "GET /api/v1/books?count=many HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "Path: up and out", 404, "GET /storage/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "Authorization: twice", 401, "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.b.c\r\nAuthorization: Bearer a.b.c\r\n\r\n" },
        { "Authorization: a token of 20 KB", 401, $"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a.{new string('b', 20_000)}.c\r\n\r\n" },
        { "Authorization: not ASCII", 401, "GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xC3\xA9.\xC3\xA9.\xC3\xA9\r\n\r\n" },
        { "Method: unknown", 405, "BREW /api/v1/books HTTP/1.1\r\nHost: x\r\n\r\n" },
    };

    /// <summary>HTTP itself is broken: a 4xx or a closed connection, and never an answer to what was smuggled.</summary>
    public static TheoryData<string, string> Broken => new()
    {
        { "Garbage", "\0\x01\x02\xFF\xFE\r\n\r\n" },
        { "TLS", "\x16\x03\x01\x02\0\x01\0\x01\xFC\x03\x03\r\n\r\n" },
        { "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "No host", "GET /api/v1/books HTTP/1.1\r\n\r\n" },
        { "Two hosts", "GET /api/v1/books HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "Request line of 10 KB", $"GET /{new string('a', 10_000)} HTTP/1.1\r\nHost: x\r\n\r\n" },
        { "Headers of 40 KB", $"GET /api/v1/books HTTP/1.1\r\nHost: x\r\nX-Large: {new string('a', 40_000)}\r\n\r\n" },
        { "A hundred headers", $"GET /api/v1/books HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 100).Select(i => $"X-{i}: 1\r\n"))}\r\n" },
        { "NUL in a header", "GET /api/v1/books HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n" },
        { "Space before the colon", Put + "Content-Length : 2\r\n\r\n{}" },
        { "Folded header", "GET /api/v1/books HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n" },
        { "Length is no number", Put + "Content-Length: 0x2\r\n\r\n{}" },
        { "Length is negative", Put + "Content-Length: -2\r\n\r\n{}" },
        { "Two lengths", Put + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} " },
        { "Unknown transfer coding", Put + "Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n" },
        { "Broken escape", "GET /api/v1/books/%zz HTTP/1.1\r\nHost: x y\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Understood), DisableDiscoveryEnumeration = true)]
    public async Task Request_WithBadContent_IsAProblem(string name, int status, string bytes)
    {
        using var connection = await RawConnection.OpenAsync(gateway.Address);
        await connection.SendAsync(Encoding.Latin1.GetBytes(bytes));
        var response = await connection.ReadAsync();

        Assert.True(response is not null, $"{name}: closed");
        Assert.True(response.Status == status, $"{name}: expected {status}, got {response.Status} {response.Text}");
        Assert.Equal("application/problem+json", response.ContentType);
        using var problem = JsonDocument.Parse(response.Body);
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
        await AssertWorksAsync();
    }

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public async Task Request_BrokenAsHttp_IsRefusedOrCut(string name, string bytes)
    {
        using var connection = await RawConnection.OpenAsync(gateway.Address);
        await connection.SendAsync(Encoding.Latin1.GetBytes(bytes));
        var response = await connection.ReadAsync();

        Assert.True(response is null or { Status: >= 400 and < 500 }, $"{name}: {response?.Status} {response?.Text}");
        await AssertWorksAsync();
    }

    [Fact]
    public async Task Body_ThatNeverComes_IsNotWaitedForOnceTheClientLeft()
    {
        using var connection = await RawConnection.OpenAsync(gateway.Address);
        await connection.SendAsync(Encoding.Latin1.GetBytes(Put + "Content-Length: 100\r\n\r\n{\"title\""));
        connection.EndSending();
        var response = await connection.ReadAsync();

        Assert.True(response is null or { Status: 400 }, $"{response?.Status} {response?.Text}");
        await AssertWorksAsync();
    }

    [Fact]
    public async Task Length_ShorterThanTheBody_DoesNotRunTheRest()
    {
        using var connection = await RawConnection.OpenAsync(gateway.Address);
        await connection.SendAsync(Encoding.Latin1.GetBytes(Put + "Content-Length: 2\r\n\r\n{}{\"title\":\"smuggled\"}\r\n\r\n"));

        Assert.Equal(200, (await connection.ReadAsync())?.Status);
        Assert.True(await connection.ReadAsync() is null or { Status: 400 });
        await AssertWorksAsync();
    }

    [Fact]
    public async Task LengthAndChunks_Together_AreReadAsChunksAndTheConnectionEnds()
    {
        using var connection = await RawConnection.OpenAsync(gateway.Address);
        await connection.SendAsync(Encoding.Latin1.GetBytes(
            Put + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /api/v1/anybody HTTP/1.1\r\nHost: x\r\n\r\n"));
        var first = await connection.ReadAsync();

        Assert.True(first is null or { Status: 200 or 400 }, $"{first?.Status}");
        Assert.Null(await connection.ReadAsync());
        await AssertWorksAsync();
    }

    [Fact]
    public async Task Headers_ThatServicesTrust_AreNeverTheClients()
    {
        using var connection = await RawConnection.OpenAsync(gateway.Address);
        await connection.SendAsync(Encoding.Latin1.GetBytes(
            "GET /api/v1/anybody HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6\r\nshtp-user-agent: forged\r\nshtp-message-id: forged\r\ngrpc-timeout: 1n\r\n"
            + "grpc-encoding: gzip\r\nX-Request-ID: two words\r\nCookie: a=b\r\nUser-Agent: \xC3\xA9vil\r\nX-Other: 1\r\nConnection: X-Request-ID\r\n\r\n"));
        var response = await connection.ReadAsync();

        Assert.Equal(200, response?.Status);
        using var seen = JsonDocument.Parse(response!.Body);
        string Text(string name) => seen.RootElement.GetProperty(name).GetString()!;
        Assert.Equal("127.0.0.1", Text("address"));
        Assert.DoesNotContain(' ', Text("requestId"));
        Assert.Matches("^[?]+vil$", Text("userAgent"));
        string[] forged = ["shtp-message-id", "grpc-encoding", "cookie", "x-other"];
        Assert.Empty(seen.RootElement.GetProperty("metadata").EnumerateArray().Select(name => name.GetString()!).Intersect(forged));
    }

    private static string WithBody(string head, string body) => $"{head}Content-Length: {body.Length}\r\n\r\n{body}";

    private async Task AssertWorksAsync()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/anybody");
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }
}
