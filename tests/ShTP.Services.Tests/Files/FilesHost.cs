using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ShTP.Files;
using ShTP.Files.Downloads;
using ShTP.Files.StoredFiles;
using ShTP.Files.V1;
using ShTP.Rpc.Access;
using ShTP.Testing;
using Xunit;

namespace ShTP.Services.Tests.Files;

/// <summary>The service's own parts over a real Kestrel, a real PostgreSQL and a directory of their own.</summary>
public sealed class FilesHost : IAsyncLifetime
{
    private readonly StatementLog _log = new();
    private TestDatabase _database = null!;
    private WebApplication _app = null!;
    private GrpcChannel? _channel;

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public FilesInternal.FilesInternalClient Files { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public ConcurrentQueue<(string Sql, NpgsqlParameter[] Parameters)> Statements => _log.Statements;

    public string ConnectionString => _database.ConnectionString;

    internal StorageFolder Folder { get; init; } = new();

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync<FilesDb>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Files:Directory"] = Folder.Path,
            ["Files:LinkKey"] = StorageFolder.LinkKey,
            ["Files:QuotaBytes"] = "1000000",
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddLogging().AddRouting().AddGrpc();
        builder.AddFileStorage();
        builder.Services.AddSingleton<TimeProvider>(Clock);
        // Tests collect when they want to; moving the clock must not start it beside them.
        builder.Services.Remove(builder.Services.Single(s => s.ImplementationType == typeof(CollectorJob)));
        builder.Services.AddDbContextPool<FilesDb>(o => o.UseNpgsql(_database.ConnectionString, npgsql => npgsql.EnableRetryOnFailure()).UseSnakeCaseNamingConvention().AddInterceptors(_log));
        _app = builder.Build();
        // In the place of authentication, which has tests of its own: every call comes from Users.
        _app.Use((context, next) =>
        {
            context.Features.Set(new CallingService("users"));
            return next(context);
        });
        _app.MapStorage();
        _app.MapGrpcService<FilesInternalService>();
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Urls.Single());
        Files = new FilesInternal.FilesInternalClient(_channel);
    }

    public async ValueTask DisposeAsync()
    {
        _channel?.Dispose();
        await Disposing.AllAsync(_app, _database);
        Folder.Dispose();
    }

    public async Task<(int Files, int Blobs)> CollectAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Collector>().CollectAsync(TestContext.Current.CancellationToken);
    }

    internal async Task<T> WithDbAsync<T>(Func<FilesDb, Task<T>> read)
    {
        await using var scope = Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<FilesDb>());
    }

    public async Task<Api.V1.UploadedFile> StoreAsync(Guid owner, string kind, byte[] content, string name = "a.bin", long maxBytes = 0, string[]? types = null)
    {
        using var call = Files.Store(deadline: DateTime.UtcNow.AddSeconds(60), cancellationToken: TestContext.Current.CancellationToken);
        var header = new StoreHeader { OwnerId = owner.ToString(), Kind = kind, OriginalName = name, MaxBytes = maxBytes };
        header.ContentTypes.AddRange(types ?? []);
        try
        {
            await call.RequestStream.WriteAsync(new StoreRequest { Header = header });
            foreach (var piece in content.Chunk(64 * 1024))
                await call.RequestStream.WriteAsync(new StoreRequest { Content = Google.Protobuf.ByteString.CopyFrom(piece) });
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or IOException)
        {
            // Refused before everything was sent: the answer says why.
        }

        return (await call.ResponseAsync).File;
    }

    public async Task<byte[]> ReadAsync(string fileId)
    {
        using var call = Files.Read(new ReadRequest { FileId = fileId });
        using var content = new MemoryStream();
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            Assert.InRange(call.ResponseStream.Current.Content.Length, 1, 64 * 1024);
            call.ResponseStream.Current.Content.WriteTo(content);
        }

        return content.ToArray();
    }

    /// <summary>A message id, as the outbox of a caller sends it.</summary>
    public static Metadata Message() => new() { { "shtp-message-id", Guid.NewGuid().ToString() } };
}
