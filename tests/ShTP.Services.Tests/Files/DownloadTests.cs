using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ShTP.Files.Blobs;
using ShTP.Files.Downloads;
using ShTP.Rpc.Access;
using Xunit;

namespace ShTP.Services.Tests.Files;

/// <summary>Downloads over a real Kestrel, from both storages.</summary>
public abstract class DownloadTests(bool onS3) : IAsyncLifetime
{
    private readonly StorageFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private TemporaryFiles _temporary = null!;
    private IBlobStorage _storage = null!;
    private S3Server? _s3;
    private SignedNames _names = null!;
    private WebApplication? _app;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _s3 = onS3 ? await S3Server.StartAsync() : null;
        _temporary = _folder.Temporary();
        _folder.Options.S3 = _s3?.Options() ?? _folder.Options.S3;
        _storage = onS3 ? new S3Blobs(Options.Create(_folder.Options)) : _folder.Disk();
        _names = new SignedNames(Convert.FromBase64String(StorageFolder.LinkKey), _clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting().AddLogging().AddSingleton(_storage).AddSingleton(_names).AddSingleton<DefaultAvatar>();
        _app = builder.Build();
        _app.MapStorage();
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()), Timeout = TimeSpan.FromSeconds(20) };
    }

    public async ValueTask DisposeAsync()
    {
        // Absent where the test was skipped.
        if (_app is not null)
        {
            _client.Dispose();
            await _app.DisposeAsync();
            if (_s3 is not null)
                await _s3.DisposeAsync();
            _temporary.Dispose();
        }

        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Get_Avatar_HasItsBytesAndHeaders()
    {
        var picture = Pictures.Png(10, 10);
        var key = await PutAsync("avatars", picture, "png");
        using var response = await _client.GetAsync($"/storage/avatars/{key.Name}?no_cache=1", Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(picture, await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("image/png", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("public, max-age=31536000, immutable", response.Headers.GetValues("Cache-Control").Single().Replace("immutable, public, max-age=31536000", "public, max-age=31536000, immutable", StringComparison.Ordinal));
        Assert.Equal($"\"{key.Name[..64]}\"", response.Headers.ETag!.ToString());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.NotNull(response.Content.Headers.LastModified);
        Assert.Null(response.Content.Headers.ContentDisposition);
    }

    [Fact]
    public async Task Head_Avatar_HasHeadersAlone()
    {
        var key = await PutAsync("avatars", Pictures.Png(10, 10), "png");
        using var response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/storage/avatars/{key.Name}"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Pictures.Png(10, 10).Length, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task Get_KnownCopy_IsNotModified()
    {
        var key = await PutAsync("avatars", Pictures.Png(10, 10), "png");
        using var first = await _client.GetAsync($"/storage/avatars/{key.Name}", Cancellation);
        using var byTag = await SendAsync(key, r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, byTag.StatusCode);
        using var byTime = await SendAsync(key, r => r.Headers.IfModifiedSince = first.Content.Headers.LastModified);
        Assert.Equal(HttpStatusCode.NotModified, byTime.StatusCode);
        using var other = await SendAsync(key, r => r.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\"")));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Get_Range_GivesThatPart()
    {
        var content = Pictures.Png(40, 40);
        var key = await PutAsync("avatars", content, "png");
        using var middle = await SendAsync(key, r => r.Headers.Range = new RangeHeaderValue(5, 9));
        Assert.Equal(HttpStatusCode.PartialContent, middle.StatusCode);
        Assert.Equal(content[5..10], await middle.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal($"bytes 5-9/{content.Length}", middle.Content.Headers.ContentRange!.ToString());
        using var tail = await SendAsync(key, r => r.Headers.Range = new RangeHeaderValue(null, 3));
        Assert.Equal(content[^3..], await tail.Content.ReadAsByteArrayAsync(Cancellation));
        using var stale = await SendAsync(key, r =>
        {
            r.Headers.Range = new RangeHeaderValue(5, 9);
            r.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue("\"other\""));
        });
        Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
    }

    [Fact]
    public async Task Get_RangeBeyondTheEnd_IsAProblem()
    {
        var key = await PutAsync("avatars", Pictures.Png(10, 10), "png");
        using var response = await SendAsync(key, r => r.Headers.Range = new RangeHeaderValue(1_000_000, null));
        await AssertProblemAsync(response, HttpStatusCode.RequestedRangeNotSatisfiable, "Range Not Satisfiable");
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("/storage/avatars/0000000000000000000000000000000000000000000000000000000000000000.png")]
    [InlineData("/storage/avatars/nothing.png")]
    [InlineData("/storage/avatars/")]
    [InlineData("/storage/avatars")]
    [InlineData("/storage/tasks_source_codes/a.py")]
    [InlineData("/storage/sources/a.py")]
    [InlineData("/storage")]
    public async Task Get_Unknown_IsNotFound(string path)
    {
        using var response = await _client.GetAsync(path, Cancellation);
        await AssertProblemAsync(response, HttpStatusCode.NotFound, "Not Found");
    }

    [Fact]
    public async Task Get_OtherExtensionThanStored_IsNotFound()
    {
        var key = await PutAsync("avatars", Pictures.Png(10, 10), "png");
        using var response = await _client.GetAsync($"/storage/avatars/{key.Name[..64]}.gif", Cancellation);
        await AssertProblemAsync(response, HttpStatusCode.NotFound, "Not Found");
    }

    [Fact]
    public async Task Post_IsNotAllowed()
    {
        using var response = await _client.PostAsync("/storage/avatars/default.png", new StringContent("x"), Cancellation);
        await AssertProblemAsync(response, HttpStatusCode.MethodNotAllowed, "Method Not Allowed");
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order());
    }

    [Fact]
    public async Task Get_DefaultAvatar_IsAnImageForADay()
    {
        using var response = await _client.GetAsync("/storage/avatars/default.png", Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("image/png", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(TimeSpan.FromDays(1), response.Headers.CacheControl!.MaxAge);
        using var bitmap = SkiaSharp.SKBitmap.Decode(await response.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal((256, 256), (bitmap.Width, bitmap.Height));
    }

    [Fact]
    public async Task Get_Achievement_NeedsAValidLink()
    {
        var key = await PutAsync("achievements", Pictures.Pdf(), "pdf");
        var link = "/storage/achievements/" + _names.Sign("achievements", key.Name);
        using var good = await _client.GetAsync(link, Cancellation);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        Assert.Equal("application/pdf", good.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", good.Content.Headers.ContentDisposition!.DispositionType);
        Assert.True(good.Headers.CacheControl!.Private);

        foreach (var bad in (string[])[$"/storage/achievements/{key.Name}", link + "x", link.Replace(key.Name, new string('0', 64) + ".pdf", StringComparison.Ordinal), link.Replace("exp=", "exp=1", StringComparison.Ordinal), link[..link.IndexOf("&sig", StringComparison.Ordinal)] + "&sig=%00%FF"])
        {
            using var response = await _client.GetAsync(bad, Cancellation);
            await AssertProblemAsync(response, HttpStatusCode.Forbidden, "This link is not valid");
        }

        _clock.Advance(TimeSpan.FromHours(8));
        using var expired = await _client.GetAsync(link, Cancellation);
        await AssertProblemAsync(expired, HttpStatusCode.Forbidden, "This link has expired, load the page again");
    }

    [Fact]
    public async Task Get_AchievementAsAvatar_IsNotFound()
    {
        var key = await PutAsync("achievements", Pictures.Png(10, 10), "png");
        using var response = await _client.GetAsync($"/storage/avatars/{key.Name}", Cancellation);
        await AssertProblemAsync(response, HttpStatusCode.NotFound, "Not Found");
    }

    [Fact]
    public async Task Get_SignedButGone_IsNotFound()
    {
        using var response = await _client.GetAsync("/storage/achievements/" + _names.Sign("achievements", new string('0', 64) + ".png"), Cancellation);
        await AssertProblemAsync(response, HttpStatusCode.NotFound, "Not Found");
    }

    [Theory]
    [InlineData("/storage/avatars/..%2f..%2fsecret.png")]
    [InlineData("/storage/avatars/../secret.png")]
    [InlineData("/storage/avatars/..%5c..%5csecret.png")]
    [InlineData("/storage/avatars/..\\secret.png")]
    [InlineData("/storage/avatars/%2e%2e/secret.png")]
    [InlineData("/storage/avatars//etc/passwd")]
    [InlineData("/storage/avatars/%2fetc%2fpasswd")]
    [InlineData("/storage/avatars/C:%5csecret.png")]
    [InlineData("/storage/avatars/secret.png%00.png")]
    [InlineData("/storage/avatars/%c0%ae%c0%ae%2fsecret.png")]
    [InlineData("/storage/avatars/%0a0000.png")]
    public async Task Get_PathTrick_IsRefused(string target)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "secret.png"), "secret", Cancellation);
        var answer = await SendRawAsync(target);
        Assert.DoesNotContain("secret\r\n", answer, StringComparison.Ordinal);
        Assert.Matches(@"^HTTP/1\.1 40[04] ", answer);
    }

    [Fact]
    public async Task Get_VeryLongName_IsRefused() => Assert.StartsWith("HTTP/1.1 404 ", await SendRawAsync("/storage/avatars/" + new string('a', 5000) + ".png"), StringComparison.Ordinal);

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status, string detail)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.ToString());
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(detail, problem.RootElement.GetProperty("detail").GetString());
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
    }

    private Task<BlobKey> PutAsync(string kind, byte[] content, string extension) => StorageFolder.PutAsync(_storage, _temporary, kind, content, extension, Cancellation);

    private async Task<HttpResponseMessage> SendAsync(BlobKey avatar, Action<HttpRequestMessage> change)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/storage/avatars/{avatar.Name}");
        change(request);
        return await _client.SendAsync(request, Cancellation);
    }

    /// <summary>Past HttpClient, which would straighten the path.</summary>
    private async Task<string> SendRawAsync(string target)
    {
        var address = new Uri(_app!.Urls.Single());
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, Cancellation);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")), Cancellation);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
    }
}

public sealed class DiskDownloadTests() : DownloadTests(onS3: false);

public sealed class S3DownloadTests() : DownloadTests(onS3: true);
