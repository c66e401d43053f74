using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ShTP.Files.Blobs;

namespace ShTP.Services.Tests.Files;

/// <summary>The few calls of S3 that Files makes, answered over real HTTP from memory, as the S3 API reference words them.</summary>
internal sealed class S3Server : IAsyncDisposable
{
    public const string Bucket = "shtp";
    private const string AccessKey = "AKIDEXAMPLE";

    private readonly ConcurrentDictionary<string, (byte[] Content, DateTimeOffset Stored)> _objects = new();
    private readonly WebApplication _app;
    private int _puts;

    private S3Server(WebApplication app) => _app = app;

    public int Puts => _puts;

    public static async Task<S3Server> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new S3Server(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public S3Options Options(string bucket = Bucket) => new() { ServiceUrl = _app.Urls.Single(), Bucket = bucket, AccessKey = AccessKey, SecretKey = "secret" };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        // Signature Version 4 names the key in the clear; an unsigned request is refused as S3 refuses it.
        if (!request.Headers.Authorization.ToString().Contains($"Credential={AccessKey}/", StringComparison.Ordinal))
        {
            await FailAsync(response, 403, "AccessDenied");
            return;
        }

        var parts = request.Path.Value!.Trim('/').Split('/', 2);
        if (parts[0] != Bucket)
        {
            await FailAsync(response, 404, "NoSuchBucket");
            return;
        }

        var name = parts.Length > 1 ? parts[1] : "";
        switch (request.Method)
        {
            case "GET" when name.Length == 0:
                response.ContentType = "application/xml";
                await response.WriteAsync($"<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{Bucket}</Name><KeyCount>0</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>");
                break;
            case "PUT":
                using (var body = new MemoryStream())
                {
                    await request.Body.CopyToAsync(body);
                    if (body.Length != request.ContentLength || request.Headers.ContainsKey("x-amz-decoded-content-length"))
                    {
                        await FailAsync(response, 400, "IncompleteBody");
                        return;
                    }

                    _objects[name] = (body.ToArray(), DateTimeOffset.UtcNow);
                    response.Headers.ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body.ToArray()))}\"";
                }

                Interlocked.Increment(ref _puts);
                break;
            case "DELETE":
                _objects.TryRemove(name, out _);
                response.StatusCode = 204;
                break;
            case "HEAD" or "GET" when _objects.TryGetValue(name, out var stored):
                await Results.Bytes(stored.Content, "application/octet-stream", lastModified: stored.Stored, enableRangeProcessing: true,
                    entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(stored.Content))}\"")).ExecuteAsync(context);
                break;
            default:
                await FailAsync(response, 404, "NoSuchKey");
                break;
        }
    }

    private static async Task FailAsync(HttpResponse response, int status, string code)
    {
        response.StatusCode = status;
        response.ContentType = "application/xml";
        await response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>");
    }
}
