using System.Net;
using ShTP.Library.V1;
using static ShTP.Gateway.Tests.EndToEnd.Http;

namespace ShTP.Gateway.Tests.EndToEnd;

public sealed class StreamTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string Events = "text/event-stream";
    private const string Lines = "application/x-ndjson";

    [Fact]
    public async Task Stream_AsEvents_WritesOnePerMessage()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/watch/2", accept: Events);
        var text = await response.TextAsync();

        Assert.Equal(Events, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(2, text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Count(item => item.StartsWith("data: {\"id\":", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Json)]
    [InlineData(Lines)]
    public async Task Stream_AsLines_WritesOnePerMessage(string? accept)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/watch/3", accept: accept);
        var text = await response.TextAsync();

        Assert.Equal(Lines, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(3, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Stream_AsProtobuf_IsDelimited()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/watch/2", accept: Protobuf);
        using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        Assert.Equal("0", Book.Parser.ParseDelimitedFrom(body).Id);
        Assert.Equal("1", Book.Parser.ParseDelimitedFrom(body).Id);
        Assert.Equal(-1, body.ReadByte());
    }

    [Theory]
    [InlineData(Events)]
    [InlineData(Lines)]
    public async Task Stream_FailsBeforeFirstMessage_IsARealStatus(string accept)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/watch/0?code=5", accept: accept);

        Assert.Equal("the shelf broke", await response.ProblemAsync(404));
    }

    [Theory]
    [InlineData(Events, "event: error\ndata: {")]
    [InlineData(Lines, "{\"error\":{")]
    public async Task Stream_FailsLater_EndsWithTheError(string accept, string mark)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/watch/1?code=5", accept: accept);
        var text = await response.TextAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(mark, text, StringComparison.Ordinal);
        Assert.Contains("the shelf broke", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_FailsLaterInProtobuf_IsCut()
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var response = await gateway.SendAsync("GET", "/api/v1/books/watch/1?code=5", accept: Protobuf);
            await response.TextAsync();
        });
    }

    [Theory]
    [InlineData("", null, 1)]
    [InlineData("&lastPlace=7", null, 8)]
    [InlineData("", "9007199254740993", 9007199254740994)]
    [InlineData("&last_place=7", "41", 42)] // a browser repeats the address it began with
    public async Task Stream_WithEventIds_NumbersEventsAndGoesOnBehindTheLast(string query, string? lastEventId, long first)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/books/follow?count=2{query}") { Headers = { { "Accept", Events } } };
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var ids = (await response.TextAsync()).Split('\n').Where(line => line.StartsWith("id: ", StringComparison.Ordinal) && line != "id: 0");

        Assert.Equal([$"id: {first}", $"id: {first + 1}"], ids);
    }

    [Fact]
    public async Task Stream_MessageThatIsAPlaceAlone_IsAnEventWithoutData()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/follow?count=1", accept: Events);
        var text = await response.TextAsync();

        Assert.StartsWith("id: 0\n\nid: 1\ndata: {", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    public async Task Stream_WithANonsensicalLastEventId_IsRefused(string lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/books/follow?count=2") { Headers = { { "Accept", Events }, { "Last-Event-ID", lastEventId } } };
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains("lastPlace", await response.ProblemAsync(422), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Events, "identity")]
    [InlineData(Events, "gzip")]
    [InlineData(Lines, "identity")]
    [InlineData(Lines, "gzip")]
    [InlineData(Protobuf, "identity")]
    [InlineData(Protobuf, "gzip")]
    public async Task Stream_OpenButSilent_SendsItsHeaders(string type, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/books/watch/0?code=-1")
        {
            Headers = { { "X-Request-ID", Guid.NewGuid().ToString() }, { "Accept", type }, { "Accept-Encoding", encoding } },
        };
        using var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Stream_ClientLeaves_ServiceIsTold()
    {
        var id = Guid.NewGuid().ToString();
        using (var leaving = new CancellationTokenSource())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/books/watch/1?code=-1") { Headers = { { "X-Request-ID", id }, { "Accept", Events } } };
            using var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            Assert.Equal('d', body.ReadByte());
        }

        await gateway.Backend.Calls.Left.GetOrAdd(id, _ => new()).Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(Events, "event: error\ndata: {")]
    [InlineData(Lines, "{\"error\":{")]
    public async Task Stream_QuietWhenItsSessionEnds_EndsWith401(string accept, string mark)
    {
        var session = Guid.NewGuid();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/books/watch/0?code=-1") { Headers = { { "X-Request-ID", Guid.NewGuid().ToString() }, { "Accept", accept } } };
        request.Headers.Authorization = new("Bearer", gateway.Keys.Mint(session: session));
        using var response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        gateway.Backend.Auth.Revoke(new Auth.V1.Revocation { SessionId = session.ToString() });
        var text = await response.TextAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.StartsWith(mark, text, StringComparison.Ordinal);
        Assert.Contains("\"status\":401", text, StringComparison.Ordinal);
        Assert.Contains("The session has ended", text, StringComparison.Ordinal);
    }
}
