using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using static ShTP.Gateway.Tests.EndToEnd.Http;

namespace ShTP.Gateway.Tests.EndToEnd;

public sealed class UploadTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    // How far the gateway is when it hears of the refusal is up to chance.
    private const int Refusals = 20;

    // A second, and what a machine that is busy with other tests adds to it.
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(3);

    private readonly string _token = gateway.Keys.Mint("teacher");

    [Fact]
    public async Task Upload_FileThenFields_StoresAndReferences()
    {
        var user = Guid.NewGuid();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(new byte[200_000]), "cover", "Обложка.PNG" },
            { new StringContent("""{"title":"t"}"""), "book" },
            { new StringContent("plain"), "note" },
            { new StringContent("undefined"), "undefined" },
        };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: gateway.Keys.Mint(user: user));
        var text = await response.TextAsync();

        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Contains("\"size\":\"200000\",\"originalName\":\"Обложка.PNG\",\"title\":\"t\",\"note\":\"plain\"", text, StringComparison.Ordinal);
        Assert.Contains(gateway.Backend.Files.Stored, stored => stored.Header.OwnerId == user.ToString() && stored.Header.Kind == "avatar" && stored.Size == 200_000);
    }

    [Fact]
    public async Task Upload_JsonPartWithContentType_IsAField()
    {
        using var form = new MultipartFormDataContent
        {
            { JsonBody("""{"title":"android"}"""), "book" },
            { new ByteArrayContent([1]), "cover", "a.png" },
        };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        Assert.Contains("\"title\":\"android\"", await response.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_JsonBlobOfABrowser_IsAFieldInSpiteOfItsFileName()
    {
        using var form = new MultipartFormDataContent
        {
            { JsonBody("""{"title":"blob"}"""), "book", "blob" },
            { new ByteArrayContent([1]), "cover", "a.png" },
        };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        Assert.Contains("\"title\":\"blob\"", await response.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_Inline_ReachesTheMessageWithQueryAndTextFields()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[1000]), "csv_file", "a.csv" }, { new StringContent("partial"), "mode" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/import?dryRun=true", form, token: _token);

        Assert.Equal("""{"bytes":1000,"mode":"partial","dryRun":true}""", await response.TextAsync());
    }

    [Fact]
    public async Task Upload_MissingPart_Is422AndNamesIt()
    {
        using var form = new MultipartFormDataContent { { new StringContent("x"), "note" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        Assert.Equal("cover: field required", await response.ProblemAsync(422));
    }

    [Fact]
    public async Task Upload_PartTwice_Is422()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "cover", "a.png" }, { new ByteArrayContent([1]), "cover", "b.png" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        Assert.Equal("cover: given twice", await response.ProblemAsync(422));
    }

    [Fact]
    public async Task Upload_TextInsteadOfFile_Is422()
    {
        using var form = new MultipartFormDataContent { { new StringContent("{\"fileId\":\"stolen\"}"), "cover" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        Assert.Equal("cover: expected a file", await response.ProblemAsync(422));
    }

    [Fact]
    public async Task Upload_WrongExtension_Is400WithTheText()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "cover", "a.exe" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        Assert.Equal("Files with such extensions are forbidden", await response.ProblemAsync(400));
    }

    [Theory]
    [InlineData("/api/v1/cover", "cover", "a.png", 300_001)]
    [InlineData("/api/v1/import", "csv_file", "a.csv", 1001)]
    [InlineData("/api/v1/cover", "cover", "a.png", 5_000_000)]
    public async Task Upload_TooLarge_Is413(string path, string part, string file, int size)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[size]), part, file } };
        using var response = await gateway.SendAsync("PUT", path, form, token: _token);

        await response.ProblemAsync(413);
        Assert.DoesNotContain(gateway.Backend.Files.Stored, stored => stored.Size == size);
    }

    [Fact]
    public async Task Upload_FilesRefuses_ItsErrorIsTold()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([]), "cover", "a.png" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        Assert.Equal("cover: the file is empty", await response.ProblemAsync(422));
    }

    /// <summary>However much of the file is still on its way, and wherever the gateway is in it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    [InlineData(2_000_000)]
    [InlineData(11_000_000)]
    public async Task Upload_FilesRefusesInTheMiddle_ItsReasonIsToldAtOnce(long room)
    {
        for (var i = 0; i < Refusals; i++)
        {
            var name = $"{Guid.NewGuid():N}.mp3";
            gateway.Backend.Files.Room[name] = room;
            using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[12_000_000]), "recording", name } };
            using var response = await gateway.SendAsync("PUT", "/api/v1/recording", form, token: gateway.Keys.Mint("teacher"));
            var answered = Stopwatch.GetTimestamp();

            Assert.Equal(FakeFiles.Full, await response.ProblemAsync(503));
            Assert.InRange(Stopwatch.GetElapsedTime(gateway.Backend.Files.FullAt[name], answered), TimeSpan.Zero, Prompt);
            Assert.Equal(TimeSpan.FromMinutes(1), response.Headers.RetryAfter?.Delta);
        }
    }

    [Fact]
    public async Task Upload_Nobody_StoresNothing()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[12_345]), "cover", "a.png" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form);

        await response.ProblemAsync(401);
        Assert.DoesNotContain(gateway.Backend.Files.Stored, stored => stored.Size == 12_345);
    }

    [Theory]
    [InlineData(Json, """{"cover":{"fileId":"stolen"}}""")]
    [InlineData(Protobuf, "\n\u0008\n\u0006stolen")]
    public async Task Upload_ReferenceMadeByTheClient_Is415(string type, string body)
    {
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", Bytes(Encoding.UTF8.GetBytes(body), type), accept: Json, token: _token);

        await response.ProblemAsync(415);
    }

    [Fact]
    public async Task Upload_ReferenceInTheQuery_IsIgnored()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent([1]), "cover", "a.png" } };
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover?cover.fileId=stolen", form, token: _token);

        Assert.DoesNotContain("stolen", await response.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data", "--x\r\n")]
    [InlineData("multipart/form-data; boundary=x", "")]
    [InlineData("multipart/form-data; boundary=x", "nonsense")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=cover; filename=a.png\r\n\r\ncut off")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: nonsense;;;=\r\n\r\na\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno colon\r\n\r\na\r\n--x--\r\n")]
    public async Task Upload_MalformedMultipart_Is400(string type, string body)
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", content, token: _token);

        await response.ProblemAsync(400);
    }

    [Fact]
    public async Task Upload_TooManyParts_Is400()
    {
        using var form = new MultipartFormDataContent();
        for (var i = 0; i < 100; i++)
            form.Add(new StringContent("x"), $"unknown{i}");
        using var response = await gateway.SendAsync("PUT", "/api/v1/cover", form, token: _token);

        await response.ProblemAsync(400);
    }
}
