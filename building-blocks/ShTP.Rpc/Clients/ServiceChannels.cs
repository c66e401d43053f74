using System.Collections.Concurrent;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery.Http;
using ShTP.Protos;
using ShTP.Rpc.Access;

namespace ShTP.Rpc.Clients;

/// <summary>One channel per called service, shared by all its clients and kept for the life of the process.</summary>
internal sealed class ServiceChannels(
    IServiceDiscoveryHttpMessageHandlerFactory discovery, AccessRules rules, ServiceTokens tokens, ILoggerFactory logging) : IDisposable
{
    // Of trusted neighbours, which bound what they send: work for checkers is the largest.
    private const int MaxMessageSize = 64 * 1024 * 1024;

    private static readonly ServiceConfig Retries = RetriesOf(Contract.ShTP);

    private readonly ConcurrentDictionary<string, Lazy<(GrpcChannel Channel, CallInvoker Invoker)>> channels = new();

    /// <summary>Calls the service with the resource name, wherever discovery finds its <c>grpc</c> endpoint.</summary>
    public CallInvoker For(string service) => channels.GetOrAdd(service, name => new(() => Open(name))).Value.Invoker;

    public void Dispose()
    {
        foreach (var channel in channels.Values.Where(entry => entry.IsValueCreated))
            channel.Value.Channel.Dispose();
    }

    private (GrpcChannel, CallInvoker) Open(string service)
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
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
            // With a callback of its own gRPC leaves connecting to the handler; else it connects to the name before discovery.
            ConnectCallback = ConnectAsync,
        };
        var channel = GrpcChannel.ForAddress($"http://_grpc.{service}", new GrpcChannelOptions
        {
            // As a client, not as a handler: in a handler the channel would find the sockets and connect them by its
            // own idea of the address, which knows nothing of service discovery.
            HttpClient = new HttpClient(discovery.CreateHandler(sockets)) { Timeout = Timeout.InfiniteTimeSpan },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageSize,
            LoggerFactory = logging,
            ServiceConfig = Retries,
        });
        return (channel, channel.Intercept(new ServiceCallInterceptor(service, rules, tokens, logging.CreateLogger<ServiceCallInterceptor>())));
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
