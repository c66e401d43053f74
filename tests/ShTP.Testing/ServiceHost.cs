using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ShTP.Api.V1;
using ShTP.ServiceDefaults;
using ShTP.Rpc.Access;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Testing;

/// <summary>A real service, started by its own entry point, with real Kestrel on random ports of this machine.</summary>
/// <typeparam name="TEntry">Any type of the service's assembly.</typeparam>
public sealed class ServiceHost<TEntry> : IAsyncDisposable
    where TEntry : class
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly ServiceProgram<TEntry> _program;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly GrpcChannel _channel;

    private ServiceHost(string name, ServiceProgram<TEntry> program, IHostApplicationLifetime lifetime)
    {
        _name = name;
        _program = program;
        // Kept: a service that a test stops takes its container with it.
        _lifetime = lifetime;
        // Kestrel binds configured endpoints in the order of their names.
        var addresses = program.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(text => new Uri(text)).ToList();
        (GrpcAddress, HttpAddress) = (addresses[0], addresses[1]);
        _channel = GrpcChannel.ForAddress(GrpcAddress);
    }

    /// <summary>HTTP/2 cleartext.</summary>
    public Uri GrpcAddress { get; }

    /// <summary>HTTP/1.1.</summary>
    public Uri HttpAddress { get; }

    public IServiceProvider Services => _program.Services;

    /// <summary>For calls below the typed clients.</summary>
    public CallInvoker Invoker => _channel.CreateCallInvoker();

    /// <summary>
    /// Starts the service with the resource name. Its neighbours are not reachable unless <paramref name="configuration"/>
    /// says where they are: <c>services:auth:grpc:0</c>, or <see cref="FakeService.Configuration"/>. Nothing is revoked for
    /// it unless it <paramref name="followsRevocations"/> of a real Auth, as Auth itself and the gateway do.
    /// </summary>
    /// <exception cref="StartException">The service refused to start.</exception>
    public static async Task<ServiceHost<TEntry>> StartAsync(
        string name, IEnumerable<KeyValuePair<string, string?>> configuration, Action<IServiceCollection>? configureServices = null, bool? followsRevocations = null)
    {
        var followsAuth = followsRevocations ?? name is ResourceNames.Auth or ResourceNames.Gateway;
        var program = new ServiceProgram<TEntry>(SettingsOf(name, configuration), services =>
        {
            TrustTestTokens(services);
            if (!followsAuth)
                services.AddSingleton<IRevocationSource, TestRevocations>();
            configureServices?.Invoke(services);
        });
        await program.StartAsync(StartLimit);
        var lifetime = program.Services.GetRequiredService<IHostApplicationLifetime>();
        if (lifetime.ApplicationStarted.IsCancellationRequested)
            return new ServiceHost<TEntry>(name, program, lifetime);

        // It ended by itself, which the factory takes for a start.
        program.Services.GetRequiredService<StartChecks>().ThrowIfFaulty();
        throw new InvalidOperationException($"{name} ended instead of serving.");
    }

    /// <summary>What the service says on standard error, as a process of its own, when it refuses to start.</summary>
    public static Task<string> RefusedAsync(string name, IEnumerable<KeyValuePair<string, string?>> configuration) =>
        RefusedStart.OfAsync(typeof(TEntry).Assembly.Location, SettingsOf(name, configuration).Select(setting => $"--{setting.Key}={setting.Value}"));

    /// <summary>A client without any token.</summary>
    public TClient Anonymous<TClient>()
        where TClient : ClientBase => Create<TClient>(_channel.CreateCallInvoker());

    /// <summary>A client with the token in its Authorization header.</summary>
    public TClient WithToken<TClient>(string token)
        where TClient : ClientBase => Create<TClient>(_channel.Intercept(metadata =>
        {
            metadata.Add("authorization", $"Bearer {token}");
            return metadata;
        }));

    /// <summary>A client signed in as the user.</summary>
    public TClient As<TClient>(Guid user, Role role)
        where TClient : ClientBase => WithToken<TClient>(TestTokens.User(user, role));

    /// <summary>A client that is another service.</summary>
    public TClient AsService<TClient>(string caller)
        where TClient : ClientBase => WithToken<TClient>(TestTokens.Service(caller, _name));

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _lifetime.StopApplication();
        var stopped = new TaskCompletionSource();
        await using (_lifetime.ApplicationStopped.Register(stopped.SetResult))
            await stopped.Task.WaitAsync(StopLimit);
        await _program.DisposeAsync().AsTask().WaitAsync(StopLimit);
    }

    private static Dictionary<string, string> SettingsOf(string name, IEnumerable<KeyValuePair<string, string?>> configuration)
    {
        var settings = TestKeys.ConfigurationOf(name);
        foreach (var other in TestKeys.ServiceNames.Where(other => other != name))
            settings[$"services:{other}:grpc:0"] = "http://127.0.0.1:9";
        settings["environment"] = "Production";
        // Beside the tests lie the appsettings.json of several services under one name.
        settings["contentRoot"] = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "content", name)).FullName;
        settings["Logging:LogLevel:Default"] = "Warning";
        settings["Kestrel:Endpoints:grpc:Url"] = "http://127.0.0.1:0";
        settings["Kestrel:Endpoints:grpc:Protocols"] = "Http2";
        settings["Kestrel:Endpoints:http:Url"] = "http://127.0.0.1:0";
        settings["Kestrel:Endpoints:http:Protocols"] = "Http1";
        foreach (var (key, value) in configuration)
            settings[key] = value;
        return settings.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);
    }

    private static TClient Create<TClient>(CallInvoker invoker) => (TClient)Activator.CreateInstance(typeof(TClient), invoker)!;

    private static void TrustTestTokens(IServiceCollection services)
    {
        var own = services.LastOrDefault(service => service.ServiceType == typeof(ISigningKeySource));
        services.AddSingleton<ISigningKeySource>(provider => new TestKeySource(own switch
        {
            null => null,
            { ImplementationInstance: ISigningKeySource instance } => instance,
            { ImplementationFactory: { } factory } => (ISigningKeySource)factory(provider),
            _ => (ISigningKeySource)ActivatorUtilities.CreateInstance(provider, own.ImplementationType!),
        }));
    }
}
