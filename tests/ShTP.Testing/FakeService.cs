using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShTP.Data;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.ServiceDefaults;

namespace ShTP.Testing;

/// <summary>A small gRPC server in the place of another service, with the access control of a real one.</summary>
public sealed class FakeService : IAsyncDisposable
{
    private readonly string _name;
    private readonly WebApplication _app;

    private FakeService(string name, WebApplication app)
    {
        _name = name;
        _app = app;
    }

    /// <summary>HTTP/2 cleartext.</summary>
    public Uri GrpcAddress => new(_app.Urls.First());

    /// <summary>Where callers find it: for the configuration of a <see cref="ServiceHost{TEntry}"/>.</summary>
    public KeyValuePair<string, string?> Configuration => new($"services:{_name}:grpc:0", GrpcAddress.ToString().TrimEnd('/'));

    /// <summary>Serves <paramref name="implementation"/>, a class derived from a generated <c>...Base</c>, under the resource name; service tokens are checked by <paramref name="time"/>.</summary>
    public static async Task<FakeService> StartAsync<TService>(string name, TService implementation, int port = 0, TimeProvider? time = null)
        where TService : class
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var settings = TestKeys.ConfigurationOf(name);
        settings["services:auth:grpc:0"] = "http://127.0.0.1:9";
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.AddServiceDefaults(name);
        builder.AddRpcServer(name);
        builder.Services.AddSingleton(new FaultTranslation(DatabaseErrors.Translate));
        builder.Services.AddSingleton<ISigningKeySource>(new TestKeySource(null));
        builder.Services.AddSingleton<IRevocationSource, TestRevocations>();
        builder.Services.AddSingleton(implementation);
        var app = builder.Build();
        app.UseRouting();
        app.UseAuthorization();
        app.MapRpcService<TService>();
        app.MapDefaultEndpoints();
        await app.StartAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return new FakeService(name, app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
