using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShTP.Auth.V1;
using ShTP.Files.V1;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Readers;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>A real gRPC server with the library and the parts of Auth and Files that the gateway calls.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Backend(WebApplication app) => _app = app;

    public string Grpc => Address(0);

    public string Http => Address(1);

    public AuthState Auth => _app.Services.GetRequiredService<AuthState>();

    public FileState Files => _app.Services.GetRequiredService<FileState>();

    public CallState Calls => _app.Services.GetRequiredService<CallState>();

    public static async Task<Backend> StartAsync(TestKeys keys, Action<WebApplication>? map = null, int grpcPort = 0)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath() });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, grpcPort, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddGrpc();
        builder.Services.AddTransient<IStartupFilter, RequestLanguage>();
        builder.Services.AddSingleton(new AuthState(keys)).AddSingleton<FileState>().AddSingleton<CallState>();
        var app = builder.Build();
        app.MapGrpcService<Library>();
        app.MapGrpcService<FakeAuth>();
        app.MapGrpcService<FakeAuthInternal>();
        app.MapGrpcService<FakeFiles>();
        app.MapGet("/alive", () => "ok");
        app.MapGet("/storage/{**file}", (string file, HttpContext context) => file == "missing.png" ? Results.NotFound()
            : Results.Text($"{file}|{context.Request.QueryString}|{context.Request.Headers.Authorization}", "image/png"));
        foreach (var path in new[] { "/connect/{endpoint}", "/.well-known/openid-configuration", "/sign-in", "/sign-out" })
            app.MapMethods(path, ["GET", "POST"], (HttpContext context) =>
            {
                context.Response.Headers.ContentSecurityPolicy = "default-src 'self'";
                context.Response.Headers.SetCookie = "a=b";
                if (context.Request.Query.ContainsKey("isRight"))
                    context.Response.StatusCode = StatusCodes.Status303SeeOther;
                var told = context.Request.Headers;
                return $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}|{told.Authorization}|{told.Cookie}|{told["X-Forwarded-Host"]}|{told["X-Forwarded-For"]}|{told["X-Forwarded-Proto"]}";
            });
        map?.Invoke(app);
        await app.StartAsync();
        return new Backend(app);
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        Auth.Stop();
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private string Address(int index) => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index);
}

internal sealed class CallState
{
    public ConcurrentDictionary<string, int> Counts { get; } = new();

    public ConcurrentDictionary<string, TaskCompletionSource> Left { get; } = new();
}

internal sealed class FileState
{
    public ConcurrentBag<(StoreHeader Header, long Size)> Stored { get; } = [];

    /// <summary>Files of this name meet a full disk after so many bytes.</summary>
    public ConcurrentDictionary<string, long> Room { get; } = [];

    /// <summary>When that was, in ticks of the stopwatch.</summary>
    public ConcurrentDictionary<string, long> FullAt { get; } = [];
}

internal sealed class AuthState(TestKeys keys)
{
    private readonly Lock _gate = new();
    private readonly List<Channel<WatchRevocationsResponse>> _watchers = [];
    private readonly List<Revocation> _all = [];

    public List<TestKeys> Keys { get; } = [keys];

    public bool IsSilent { get; set; }

    public void Revoke(Revocation revocation)
    {
        lock (_gate)
        {
            _all.Add(revocation);
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(new() { Revocation = revocation });
        }
    }

    public Channel<WatchRevocationsResponse> Watch()
    {
        lock (_gate)
        {
            var channel = Channel.CreateUnbounded<WatchRevocationsResponse>();
            foreach (var revocation in _all)
                channel.Writer.TryWrite(new() { Revocation = revocation });
            channel.Writer.TryWrite(new() { SnapshotEnd = true });
            _watchers.Add(channel);
            return channel;
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            foreach (var watcher in _watchers)
                watcher.Writer.TryComplete();
        }
    }
}

internal sealed class FakeAuth(AuthState state) : AuthService.AuthServiceBase
{
    public override Task<GetJwksResponse> GetJwks(GetJwksRequest request, ServerCallContext context) =>
        Task.FromResult(new GetJwksResponse { Keys = { state.Keys.Select(key => key.ToJwk()) } });
}

internal sealed class FakeAuthInternal(AuthState state) : AuthInternal.AuthInternalBase
{
    public override async Task WatchRevocations(WatchRevocationsRequest request, IServerStreamWriter<WatchRevocationsResponse> responseStream, ServerCallContext context)
    {
        if (state.IsSilent)
            throw new RpcException(new Status(StatusCode.Unavailable, "silent"));
        var channel = state.Watch();
        while (!context.CancellationToken.IsCancellationRequested && !channel.Reader.Completion.IsCompleted)
        {
            using var beat = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            beat.CancelAfter(TimeSpan.FromMilliseconds(200));
            try
            {
                var message = await channel.Reader.ReadAsync(beat.Token);
                await responseStream.WriteAsync(message);
            }
            catch (ChannelClosedException)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                if (state.IsSilent)
                    return;
                await responseStream.WriteAsync(new());
            }
        }
    }
}

internal sealed class FakeFiles(FileState state) : FilesInternal.FilesInternalBase
{
    public const string Full = "The storage is full";

    public override async Task<StoreResponse> Store(IAsyncStreamReader<StoreRequest> requestStream, ServerCallContext context)
    {
        await requestStream.MoveNext();
        var header = requestStream.Current.Header;
        var room = state.Room.GetValueOrDefault(header.OriginalName, long.MaxValue);
        long size = 0;
        while (await requestStream.MoveNext())
        {
            if (requestStream.Current.Content.Length > 64 * 1024)
                throw new RpcException(new Status(StatusCode.Internal, "chunk too large"));
            size += requestStream.Current.Content.Length;
            if (size <= room)
                continue;
            state.FullAt[header.OriginalName] = Stopwatch.GetTimestamp();
            throw RpcErrors.Unavailable(Full, TimeSpan.FromMinutes(1));
        }

        if (size == 0)
            throw RpcErrors.InvalidField("cover", "the file is empty");
        state.Stored.Add((header, size));
        return new() { File = new() { FileId = Guid.NewGuid().ToString(), Name = "x.png", ContentType = "image/png", Size = size, OriginalName = header.OriginalName } };
    }
}
