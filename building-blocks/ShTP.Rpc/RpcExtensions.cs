using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.ClientFactory;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ShTP.Auth.V1;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Rpc.Clients;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Readers;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Rpc;

/// <summary>gRPC servers, clients and access rules of a process.</summary>
public static class RpcExtensions
{
    private const int MaxMessageSize = 4 * 1024 * 1024;

    /// <summary>The identity of the process among the services: its name and the keys of <c>ServiceIdentity</c>. Sufficient to call others.</summary>
    public static WebApplicationBuilder AddServiceIdentity(this WebApplicationBuilder builder, string name)
    {
        var services = builder.Services;
        var configuration = builder.Configuration;
        services.AddStartCheck(_ => ServiceIdentity.FindFaults(configuration, name));
        builder.AddKnownSettings(isWhole: true, "ServiceIdentity:PrivateKey", "ServiceIdentity:PublicKeys:*");
        services.AddSingleton(_ => ServiceIdentity.Read(configuration, name));
        services.AddSingleton<ServiceTokens>();
        foreach (var area in Contract.ShTP.Methods.Select(method => Contract.AreaOf(method.Service)).Distinct())
            ServiceClients.Add(services, area);
        return builder;
    }

    /// <summary>
    /// The same, and the policies of <see cref="AccessPolicies"/>: users' tokens are checked by the keys and the revocations
    /// of Auth.
    /// </summary>
    public static WebApplicationBuilder AddUserAccess(this WebApplicationBuilder builder, string name)
    {
        builder.AddServiceIdentity(name);
        builder.Services.AddTransient<IStartupFilter, RequestLanguage>();
        AccessSchemes.AddUsers(builder.Services);
        builder.Services.AddAuthorization(options => AccessPolicies.Register(options, Contract.ShTP));
        if (name != ResourceNames.Auth)
        {
            // Keys are fetched for all callers, not only for the one whose call needs them first.
            builder.AddServiceClient<AuthService.AuthServiceClient>(ResourceNames.Auth, endsWithCall: false);
            builder.AddServiceClient<AuthInternal.AuthInternalClient>(ResourceNames.Auth);
            builder.Services.TryAddSingleton<ISigningKeySource, JwksKeySource>();
            builder.Services.TryAddSingleton<IRevocationSource, AuthRevocations>();
        }

        AddRevocations(builder);
        return builder;
    }

    /// <summary>The same, and gRPC with access control, error mapping and limits; RPCs without an <c>access</c> option stop the start.</summary>
    public static WebApplicationBuilder AddRpcServer(this WebApplicationBuilder builder, string name)
    {
        builder.AddUserAccess(name);
        builder.BoundConnections();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // The gateway multiplexes the calls of all clients over few connections.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * 1024 * 1024;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        });
        AccessSchemes.AddServices(builder.Services);
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, GrpcRefusal>();
        builder.Services.AddSingleton<ErrorInterceptor>();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = MaxMessageSize;
            options.MaxSendMessageSize = MaxMessageSize;
            options.EnableDetailedErrors = false;
            options.Interceptors.Add<ErrorInterceptor>();
        });
        builder.Services.AddStartCheck(MappedRpcs.FindFaults);
        return builder;
    }

    /// <summary>
    /// A typed gRPC client of another service, found by service discovery at its <c>grpc</c> endpoint; calls carry a
    /// service token for it, the trace, and the deadline of the call being served (10 seconds when there is none).
    /// Streams have no deadline of their own. RPCs without side effects are tried twice when it cannot be reached.
    /// </summary>
    /// <param name="builder">The process that calls.</param>
    /// <param name="service">The resource name of the called service.</param>
    /// <param name="endsWithCall">False for calls that must not end with the call that is being served.</param>
    public static WebApplicationBuilder AddServiceClient<TClient>(this WebApplicationBuilder builder, string service, bool endsWithCall = true)
        where TClient : ClientBase
    {
        if (!endsWithCall)
            ServiceClients.AddOwn(builder.Services, service);
        var name = endsWithCall ? service : ServiceClients.OwnNameOf(service);
        builder.Services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<TClient>(
            provider, provider.GetRequiredService<GrpcClientFactory>().CreateClient<ServiceInvoker>(name).Invoker));
        var configuration = builder.Configuration;
        builder.Services.AddStartCheck(_ => configuration.GetSection($"services:{service}:grpc").GetChildren().Any()
            ? []
            : [$"services:{service}:grpc:0 is not set; it must be the address of {service}, such as http://localhost:5102."]);
        return builder;
    }

    /// <summary>Serves a gRPC class; each RPC is open to those whom its <c>access</c> option names.</summary>
    public static void MapRpcService<TService>(this IEndpointRouteBuilder routes)
        where TService : class =>
        routes.MapGrpcService<TService>().Add(endpoint =>
        {
            if (endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault() is { } rpc)
                AccessPolicies.Add(endpoint, Contract.ShTP.FindMethod(rpc.Method.FullName) is { } method ? AccessRule.Read(method, out _) : null);
        });

    /// <summary>Signed names of private files, by the key that Files checks them with.</summary>
    public static WebApplicationBuilder AddSignedNames(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        builder.AddKnownSettings(isWhole: false, SignedNames.KeySetting);
        builder.Services.AddStartCheck(_ => SignedNames.TryReadKey(configuration[SignedNames.KeySetting], out var _, out var fault) ? [] : [fault]);
        builder.Services.AddSingleton(provider => SignedNames.TryReadKey(configuration[SignedNames.KeySetting], out var key, out var fault)
            ? new SignedNames(key, provider.GetRequiredService<TimeProvider>())
            : throw new InvalidOperationException(fault));
        return builder;
    }

    private static void AddRevocations(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(builder.ReadOptions<RevocationOptions>("Revocations", options => options.FindFaults()));
        builder.Services.AddSingleton<Revocations>();
        builder.Services.AddHostedService<RevocationWatcher>();
        builder.Services.AddHealthChecks().AddCheck<RevocationHealth>("revocations");
    }
}
