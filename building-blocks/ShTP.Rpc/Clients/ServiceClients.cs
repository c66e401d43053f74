using Grpc.Core;
using Grpc.Net.Client.Configuration;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ShTP.Protos;
using ShTP.Rpc.Access;

namespace ShTP.Rpc.Clients;

/// <summary>One named gRPC client per called service, by gRPC's client factory: all typed clients of the service share its channel.</summary>
internal static class ServiceClients
{
    // Of trusted neighbours, which bound what they send: work for checkers is the largest.
    private const int MaxMessageSize = 64 * 1024 * 1024;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    private static readonly ServiceConfig Retries = RetriesOf(Contract.ShTP);

    /// <summary>The name of the client whose calls do not end with the call that is being served.</summary>
    public static string OwnNameOf(string service) => $"{service}:own";

    /// <summary>Clients of the service with the resource name, found by service discovery at its <c>grpc</c> endpoint.</summary>
    public static void Add(IServiceCollection services, string service)
    {
        // Outside of a gRPC call, in the background or in the gateway, there is nothing to propagate.
        Add(services, service, service).EnableCallContextPropagation(options => options.SuppressContextNotFoundErrors = true);
    }

    /// <summary>The same without what the call that is being served passes on.</summary>
    public static void AddOwn(IServiceCollection services, string service) => Add(services, service, OwnNameOf(service));

    private static IHttpClientBuilder Add(IServiceCollection services, string service, string name)
    {
        var client = services.AddGrpcClient<ServiceInvoker>(name, options => options.Address = new Uri($"http://_grpc.{service}"));
        client.ConfigureChannel(channel =>
        {
            channel.MaxReceiveMessageSize = MaxMessageSize;
            channel.ServiceConfig = Retries;
        });
        client.AddInterceptor(InterceptorScope.Channel, provider => new ServiceCallInterceptor(
            service, provider.GetRequiredService<ServiceTokens>(), provider.GetRequiredService<ILogger<ServiceCallInterceptor>>()));
        client.ConfigurePrimaryHttpMessageHandler(CreateHandler);
        // What may be repeated the contract says, and the channel does; a log line for each call would cost more than the call.
#pragma warning disable EXTEXP0001
        client.RemoveAllResilienceHandlers().RemoveAllLoggers();
#pragma warning restore EXTEXP0001
        return client;
    }

    private static SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            MaxResponseHeadersLength = ErrorHeaders.MaxKilobytes,
            // A machine that vanished is noticed within 15 seconds, also by streams that only wait.
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            // Replicas that started later get their share.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        // With a callback of its own gRPC leaves connecting to the handler; else it connects to the name before discovery.
        handler.ConnectWithin(ConnectLimit);
        return handler;
    }

    // Only what changes nothing is tried twice; everything else might have happened.
    private static ServiceConfig RetriesOf(Contract contract)
    {
        var reads = new MethodConfig
        {
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = 2,
                InitialBackoff = TimeSpan.FromMilliseconds(100),
                MaxBackoff = TimeSpan.FromMilliseconds(200),
                BackoffMultiplier = 1.5,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        foreach (var method in contract.Methods.Where(IsRead))
            reads.Names.Add(new MethodName { Service = method.Service.FullName, Method = method.Name });
        return new ServiceConfig { MethodConfigs = { reads } };
    }

    private static bool IsRead(Google.Protobuf.Reflection.MethodDescriptor method) =>
        method.GetOptions()?.IdempotencyLevel == Google.Protobuf.Reflection.MethodOptions.Types.IdempotencyLevel.NoSideEffects;
}
