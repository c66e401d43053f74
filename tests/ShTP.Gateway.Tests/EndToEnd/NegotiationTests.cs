using System.Net;
using ShTP.Library.V1;
using static ShTP.Gateway.Tests.EndToEnd.Http;

namespace ShTP.Gateway.Tests.EndToEnd;

public sealed class NegotiationTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData(null, Json)]
    [InlineData("*/*", Json)]
    [InlineData("application/*", Json)]
    [InlineData("application/json, text/plain, */*", Json)]
    [InlineData("application/protobuf", Protobuf)]
    [InlineData("application/octet-stream", Protobuf)]
    [InlineData("application/json;q=0.1, application/x-protobuf", Protobuf)]
    [InlineData("application/json;q=0, */*", Protobuf)]
    [InlineData("text/html, application/json;q=0.5", Json)]
    public async Task Accept_Known_DecidesTheAnswer(string? accept, string type)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/1", accept: accept);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/png;q=0.5")]
    [InlineData("text/event-stream")]
    public async Task Accept_Unknown_Is406(string accept)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/1", accept: accept);

        await response.ProblemAsync(406);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("nonsense")]
    public async Task ContentType_Unknown_Is415(string type)
    {
        var body = new ByteArrayContent("{}"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", body);

        await response.ProblemAsync(415);
    }

    [Theory]
    [InlineData("text/json")]
    [InlineData("application/merge-patch+json; charset=utf-8")]
    [InlineData("APPLICATION/VND.SCHOOL+JSON")]
    public async Task ContentType_KindOfJson_IsTaken(string type)
    {
        var body = new ByteArrayContent("""{"id":"7"}"""u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", body);

        Assert.StartsWith("""{"id":"7",""", await response.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContentType_Missing_Is415()
    {
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", new ByteArrayContent("{}"u8.ToArray()));

        await response.ProblemAsync(415);
    }

    [Fact]
    public async Task ContentType_OnGetWithoutBody_IsIgnored()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/1", Bytes([], "text/plain"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Accept_Missing_AnswersInTheRequestsKind()
    {
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", ProtobufBody(new Book { Id = "1" }));

        Assert.Equal(Protobuf, response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(null, Protobuf)]
    [InlineData(Json, Json)]
    public async Task Mobile_Prefix_DefaultsToProtobuf(string? accept, string type)
    {
        using var response = await gateway.SendAsync("GET", "/mobile/api/v1/books/1", accept: accept);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("/api/v1/cover", Json)]
    [InlineData("/mobile/api/v1/cover", Protobuf)]
    public async Task Accept_MissingForAForm_AnswersInThePrefixsKind(string path, string type)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "cover", "a.png" } };
        using var response = await gateway.SendAsync("PUT", path, form, token: gateway.Keys.Mint("teacher"));

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }
}
