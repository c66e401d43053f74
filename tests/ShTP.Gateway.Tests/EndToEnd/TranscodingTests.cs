using System.Net;
using System.Text.Json;
using ShTP.Library.V1;
using static ShTP.Gateway.Tests.EndToEnd.Http;
using RpcStatus = Google.Rpc.Status;

namespace ShTP.Gateway.Tests.EndToEnd;

public sealed class TranscodingTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    public static TheoryData<string, string> Encodings => new() { { Json, Json }, { Json, Protobuf }, { Protobuf, Json }, { Protobuf, Protobuf } };

    public static TheoryData<string, string, int, int> Errors
    {
        get
        {
            var data = new TheoryData<string, string, int, int>();
            int[] statuses = [499, 500, 400, 504, 404, 409, 403, 429, 409, 409, 400, 501, 500, 503, 500, 401];
            foreach (var @in in new[] { Json, Protobuf })
            {
                foreach (var @out in new[] { Json, Protobuf })
                {
                    for (var code = 1; code <= statuses.Length; code++)
                        data.Add(@in, @out, code, statuses[code - 1]);
                }
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Encodings))]
    public async Task Call_EitherEncodingInAndOut_CarriesTheMessage(string @in, string @out)
    {
        var book = new Book { Id = "1", Title = "Война и мир", Pages = 1300, Tags = { "a", "b" } };
        using var body = @in == Json ? JsonBody("""{"id":"1","title":"Война и мир","pages":"1300","tags":["a","b"],"unknown":1}""") : ProtobufBody(book);
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", body, @out);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(@out, response.Content.Headers.ContentType?.MediaType);
        if (@out == Json)
            Assert.Equal("""{"id":"1","title":"Война и мир","pages":1300,"author":null,"printedAt":null,"reader":"student","tags":["a","b"]}""", await response.TextAsync());
        else
            Assert.Equal(book, Book.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("/api/v1/books?count=1&tags=long")]
    [InlineData("/mobile/api/v1/books?tags=long&tags=a%26b&count=1&lastBook=1")]
    [InlineData("/api/v1/books?last_book=1&tags=long&count=1")]
    public async Task List_WithMoreRows_LinksToTheNextPage(string path)
    {
        using var first = await gateway.SendAsync("GET", path, null, Json);

        Assert.DoesNotContain("next", await first.TextAsync(), StringComparison.Ordinal);
        var link = Assert.Single(first.Headers.GetValues("Link"));
        Assert.EndsWith(">; rel=\"next\"", link, StringComparison.Ordinal);
        var next = link[1..link.IndexOf('>', StringComparison.Ordinal)];
        Assert.StartsWith(path[..path.IndexOf('?', StringComparison.Ordinal)] + "?", next, StringComparison.Ordinal);
        Assert.Contains("Link", Assert.Single(first.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
        using var second = await gateway.SendAsync("GET", next, null, Json);
        Assert.Equal(await first.TextAsync(), await second.TextAsync());
        Assert.False(second.Headers.Contains("Link"));
    }

    [Theory, MemberData(nameof(Errors))]
    public async Task Call_ServiceFails_AnswersWithItsHttpStatus(string @in, string @out, int code, int status)
    {
        using var body = @in == Json ? JsonBody($$"""{"code":{{code}},"detail":"нет 100%","reason":"ITS_OWN"}""") : ProtobufBody(new FailRequest { Code = code, Detail = "нет 100%", Reason = "ITS_OWN" });
        using var response = await gateway.SendAsync("POST", "/api/v1/fail", body, @out);

        if (@out == Json)
        {
            Assert.Equal("нет 100%", await response.ProblemAsync(status));
        }
        else
        {
            Assert.Equal(status, (int)response.StatusCode);
            var error = RpcStatus.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal((code, "нет 100%"), (error.Code, error.Message));
        }

        Assert.Equal(status == 503, response.Headers.RetryAfter is not null);
        Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Theory]
    [InlineData(8, "PAYLOAD_TOO_LARGE", 413)]
    [InlineData(8, "QUOTA_EXCEEDED", 413)]
    [InlineData(3, "UNSUPPORTED_MEDIA_TYPE", 415)]
    [InlineData(7, "TOKEN_EXPIRED", 403)]
    [InlineData(3, "TOKEN_MALFORMED", 422)]
    public async Task Call_ServiceGivesReason_ReasonDecidesTheStatus(int code, string reason, int status)
    {
        using var response = await gateway.SendAsync("POST", "/api/v1/fail", JsonBody($$"""{"code":{{code}},"detail":"x","reason":"{{reason}}"}"""));

        Assert.Equal("x", await response.ProblemAsync(status));
    }

    [Fact]
    public async Task Call_ServiceNamesField_ListsIt()
    {
        using var response = await gateway.SendAsync("POST", "/api/v1/fail", JsonBody("""{"field":"title","detail":"too short"}"""));

        Assert.Equal("title: too short", await response.ProblemAsync(422));
        using var json = JsonDocument.Parse(await response.TextAsync());
        Assert.Equal("""[{"field":"title","detail":"too short"}]""", json.RootElement.GetProperty("errors").GetRawText());
    }

    [Theory]
    [InlineData(42)]
    [InlineData(200_000)]
    public async Task Call_ServiceSaysWhenToRetry_TellsTheClient(int seconds)
    {
        using var response = await gateway.SendAsync("POST", "/api/v1/fail", JsonBody($$"""{"retrySeconds":{{seconds}},"detail":"slow down"}"""));

        Assert.Equal("slow down", await response.ProblemAsync(429));
        Assert.Equal(TimeSpan.FromSeconds(seconds), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Call_ServiceIsTooSlow_Answers504()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books/1?delay=3000");

        await response.ProblemAsync(504);
    }

    [Fact]
    public async Task Bindings_PathAndQuery_SetFieldsOfAllKinds()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books?count=1&tags=a&tags=b&reader=teacher&since=2023-09-01T10:00:00&filter.title=%D0%BC+x&nonsense=1");

        Assert.Equal("""[{"id":"0","title":"м x","pages":0,"author":null,"printedAt":"2023-09-01T10:00:00.000000","reader":"teacher","tags":["a","b"]}]""", await response.TextAsync());
    }

    [Theory]
    [InlineData("?count=")]
    [InlineData("?count=&reader=&since=&filter.lent=")]
    [InlineData("?count&tags=")]
    public async Task Bindings_EmptyQueryValues_AreAsNotGiven(string query)
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books" + query);

        Assert.Equal("[]", await response.TextAsync());
    }

    [Fact]
    public async Task Bindings_BodyNamesAnotherObjectThanThePath_Is422()
    {
        using var same = await gateway.SendAsync("PATCH", "/api/v1/books/AB/title", JsonBody("""{"id":"ab","title":"t"}"""));
        using var empty = await gateway.SendAsync("PATCH", "/api/v1/books/7/title", JsonBody("""{"id":"","title":"t"}"""));
        using var other = await gateway.SendAsync("PATCH", "/api/v1/books/7/title", JsonBody("""{"id":"8","title":"t"}"""));
        using var wire = await gateway.SendAsync("PATCH", "/api/v1/books/7/title", ProtobufBody(new RenameBookRequest { Id = "8", Title = "t" }), accept: Json);

        Assert.StartsWith("""{"id":"AB","title":"t",""", await same.TextAsync(), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.OK, empty.StatusCode);
        Assert.Equal("id: is another one than in the path", await other.ProblemAsync(422));
        Assert.Equal("id: is another one than in the path", await wire.ProblemAsync(422));
    }

    [Theory]
    [InlineData("""{"titel":"t","Ｘ":{"deep":[1]}}""", "Nothing to update (not understood: titel, Ｘ)")]
    [InlineData("""{"filter":{"titel":"t"}}""", "Nothing to update (not understood: filter.titel)")]
    [InlineData("""{"filter":{"titel":"t"},"title":""}""", "Nothing to update")]
    [InlineData("""{}""", "Nothing to update")]
    public async Task Body_NothingOfItUnderstood_SaysWhichKeys(string body, string detail)
    {
        using var response = await gateway.SendAsync("PATCH", "/api/v1/books/7/title", JsonBody(body));

        Assert.Equal(detail, await response.ProblemAsync(400));
    }

    [Fact]
    public async Task Body_UnknownKeysOfACallThatWorks_AreIgnored()
    {
        using var response = await gateway.SendAsync("PUT", "/api/v1/books", JsonBody("""{"nonsense":1}"""));

        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Bindings_BodyField_PathWinsOverBody()
    {
        using var response = await gateway.SendAsync("PATCH", "/api/v1/books/77?dryRun=true", JsonBody("""{"id":"1","title":"t"}"""));

        Assert.StartsWith("""{"id":"77","title":"t","pages":1""", await response.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResponseBody_ForProtobufClients_IsTheWholeMessage()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books?count=2", accept: Protobuf);

        Assert.Equal(2, ListBooksResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Books.Count);
    }

    [Fact]
    public async Task ResponseBody_NothingInIt_IsAnEmptyArray()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/books");

        Assert.Equal("[]", await response.TextAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not json at all")]
    [InlineData("")]
    public async Task Delete_WithAnyBody_AnswersNull(string body)
    {
        using var response = await gateway.SendAsync("DELETE", "/api/v1/books/1", JsonBody(body));

        Assert.Equal((HttpStatusCode.OK, "null"), (response.StatusCode, await response.TextAsync()));
    }

    [Fact]
    public async Task Post_WithoutBody_IsAnEmptyMessage()
    {
        using var response = await gateway.SendAsync("POST", "/api/v1/sign-in");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Head_OnGetRoute_HasHeadersAndNoBody()
    {
        using var response = await gateway.SendAsync("HEAD", "/api/v1/books/1");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.TextAsync());
    }

    [Fact]
    public async Task HttpBody_Unary_GoesOutAsItIs()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/export");

        Assert.Equal("zip", await response.TextAsync());
        Assert.Equal("application/x-zip-compressed", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment;filename=books.zip", response.Content.Headers.NonValidated["Content-Disposition"].ToString());
        Assert.False(response.Headers.Contains("x-secret"));
    }

    [Theory]
    [InlineData("\"v1\"", 304)]
    [InlineData("\"v0\", W/\"v1\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"v0\"", 200)]
    [InlineData("nonsense", 200)]
    public async Task HttpBody_ClientHasItAlready_IsNotSentAgain(string known, int expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/export");
        request.Headers.TryAddWithoutValidation("If-None-Match", known);
        using var response = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(expected == 304 ? "" : "zip", await response.TextAsync());
        Assert.Equal("\"v1\"", response.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task HttpBody_Stream_GoesOutAsItIs()
    {
        using var response = await gateway.SendAsync("GET", "/api/v1/export/stream");

        Assert.Equal("zip;more", await response.TextAsync());
        Assert.Equal("application/x-zip-compressed", response.Content.Headers.ContentType?.MediaType);
    }
}
