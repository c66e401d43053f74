using System.Security.Cryptography;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using ShTP.Transcoding.OpenApi;
using ShTP.Library.V1;
using ShTP.Protos;
using ShTP.Rpc;
using ShTP.ServiceDefaults;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>The gateway and its backend, both on real Kestrel, connected by real sockets.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private readonly Dictionary<string, string?> _settings = [];
    private WebApplication? _gateway;

    internal static Contract LibraryContract { get; } = LoadLibrary();

    internal TestKeys Keys { get; } = new();

    internal ErrorLog Errors { get; } = new();

    internal Backend Backend { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    internal Uri Address => Client.BaseAddress!;

    internal Contract Contract { get; init; } = LibraryContract;

    internal GatewayFixture With(string key, string value)
    {
        _settings[key] = value;
        return this;
    }

    internal async Task<GatewayFixture> StartAsync()
    {
        await InitializeAsync();
        return this;
    }

    public async ValueTask InitializeAsync()
    {
        Backend = await Backend.StartAsync(Keys);
        using var identity = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = Path.GetTempPath() });
        if (Environment.GetEnvironmentVariable("SHTP_TEST_LOG") is null)
            builder.Logging.ClearProviders();
        builder.Logging.AddProvider(Errors);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0",
            ["ServiceIdentity:PrivateKey"] = Convert.ToBase64String(identity.ExportPkcs8PrivateKey()),
        });
        var areas = Contract.Files.SelectMany(file => file.Services).Select(Contract.AreaOf);
        foreach (var service in areas.Append(ResourceNames.Auth).Append(ResourceNames.Files).Append(ResourceNames.Notifications).Distinct())
        {
            builder.Configuration[$"services:{service}:grpc:0"] = Backend.Grpc;
            builder.Configuration[$"services:{service}:http:0"] = Backend.Http;
        }

        foreach (var (key, value) in _settings)
            builder.Configuration[key] = value;
        builder.AddServiceDefaults(ResourceNames.Gateway);
        builder.AddUserAccess(ResourceNames.Gateway);
        builder.AddGateway(Contract);
        _gateway = builder.Build();
        _gateway.UseGateway();
        _gateway.MapDefaultEndpoints();
        _gateway.MapGatewayInformation();
        _gateway.MapDocumentation();
        _gateway.MapContract();
        await _gateway.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(_gateway.Urls.First()), Timeout = TimeSpan.FromSeconds(15) };
        await Eventually.IsAsync(async () => (await Client.GetAsync("/health")).IsSuccessStatusCode, "the gateway is ready");
    }

    /// <summary>Stops the gateway as SIGTERM does; the backend goes on.</summary>
    internal Task StopGatewayAsync() => _gateway!.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        await Backend.DisposeAsync();
    }

    private static Contract LoadLibrary()
    {
        var set = new FileDescriptorSet();
        Add(LibraryReflection.Descriptor, [], set);
        return Contract.Load(Google.Protobuf.MessageExtensions.ToByteArray(set));
    }

    private static void Add(FileDescriptor file, HashSet<string> seen, FileDescriptorSet set)
    {
        if (!seen.Add(file.Name))
            return;
        foreach (var import in file.Dependencies)
            Add(import, seen, set);
        set.File.Add(FileDescriptorProto.Parser.ParseFrom(file.SerializedData));
    }
}

internal static class Eventually
{
    public static async Task IsAsync(Func<Task<bool>> condition, string what)
    {
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(10);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, $"within 10 s: {what}");
            await Task.Delay(20);
        }
    }
}
