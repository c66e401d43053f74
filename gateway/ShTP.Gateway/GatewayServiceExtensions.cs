using System.Net;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ShTP.Auth.V1;
using ShTP.Files.V1;
using ShTP.Gateway.Authorization;
using ShTP.Gateway.Edge;
using ShTP.Gateway.Limits;
using ShTP.Gateway.Pages;
using ShTP.Gateway.Proxy;
using ShTP.Gateway.Uploads;
using ShTP.Notifications.V1;
using ShTP.Protos;
using ShTP.Rpc;
using ShTP.Rpc.Clients;
using ShTP.ServiceDefaults;
using ShTP.ServiceDefaults.Configuration;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.OpenApi;
using ShTP.Transcoding.Requests;
using ShTP.Transcoding.Responses;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace ShTP.Gateway;

/// <summary>The gateway's services.</summary>
internal static class GatewayServiceExtensions
{
    // Before a body counts as slow.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Everything between a client and the services of the contract.</summary>
    /// <exception cref="CatalogException">The contract cannot be served; every fault is listed.</exception>
    public static WebApplicationBuilder AddGateway(this WebApplicationBuilder builder, Contract contract)
    {
        var section = builder.Configuration.GetSection("Gateway");
        var services = builder.Services;
        var transcoding = builder.ReadOptions<TranscodingOptions>("Gateway:Transcoding", options => options.FindFaults());
        var limits = builder.ReadOptions<RateLimitOptions>("Gateway:RateLimits", options => options.FindFaults());
        var connections = builder.ReadOptions<ConnectionOptions>("Gateway:Connections", options => options.FindFaults());
        builder.AddServiceClient<FilesInternal.FilesInternalClient>(ResourceNames.Files);
        // A connection for each upload. When Files refuses one in the middle, what is still on its way makes Kestrel close the whole
        // connection (STREAM_CLOSED), with every other upload in it.
        builder.Services.AddHttpClient(ResourceNames.Files).ConfigurePrimaryHttpMessageHandler((handler, _) => ((SocketsHttpHandler)handler).PooledConnectionLifetime = TimeSpan.Zero);
        builder.AddServiceClient<AuthInternal.AuthInternalClient>(ResourceNames.Auth);
        builder.AddServiceClient<NotificationsInternal.NotificationsInternalClient>(ResourceNames.Notifications);
        var catalog = MethodCatalog.Build(contract, transcoding);
        services.AddSingleton(contract)
            .AddSingleton(catalog)
            .AddSingleton<Documentation>()
            .AddSingleton(transcoding)
            .AddSingleton<GatewayMetrics>()
            .AddSingleton<IAuthorizationMiddlewareResultHandler, ProblemRefusal>()
            .AddSingleton<IStreamGuard, TokenGuard>()
            .AddSingleton<StreamTickets>()
            .AddSingleton<IFileStore, FileStore>()
            .AddSingleton<MultipartReading>()
            .AddSingleton<RequestReader>()
            .AddSingleton<ServiceCaller>()
            .AddSingleton<Receipts>()
            .AddSingleton<UnaryAnswer>()
            .AddSingleton<StreamAnswer>()
            .AddSingleton<Transcoder>();
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource(GatewayMetrics.Name));
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddMeter(GatewayMetrics.Name));
        services.AddRequestTimeouts();
        RateLimits.Add(services, limits);
        AddConnections(services, connections);
        AddProxy(services, transcoding);
        AddPages(builder);
        AddEdge(builder, section);
        return builder;
    }

    private static void AddProxy(IServiceCollection services, TranscodingOptions transcoding)
    {
        // YARP brings them for session affinity, which no route has: without this each start reads or writes a key ring.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddReverseProxy().ConfigureHttpClient((_, handler) =>
        {
            handler.ConnectWithin(transcoding.ConnectTimeout);
            handler.MaxResponseHeadersLength = ErrorHeaders.MaxKilobytes;
            // A new replica gets its share of the connections in time.
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
        });
        services.AddSingleton<IProxyConfigProvider, ContractProxyConfig>()
            .AddSingleton<IDestinationResolver, ServiceDestinations>();
    }

    private static void AddConnections(IServiceCollection services, ConnectionOptions options)
    {
        services.AddSingleton(options).AddSingleton<LimitMetrics>().AddSingleton<RefusedConnections>().AddSingleton<ConnectionGate>().AddSingleton<OpenStreams>();
        services.Configure<SocketTransportOptions>(DeadClients.Detect);
        services.AddOptions<KestrelServerOptions>().Configure<ConnectionGate>((kestrel, gate) =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                endpoint.Use(next => connection => gate.ServeAsync(connection, next));
                // Before that of TLS, so that it counts what TLS makes of it.
                endpoint.Use(next => connection => SentBytes.CountAsync(connection, next));
            });
            // No route has any.
            kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
            kestrel.Limits.KeepAliveTimeout = options.IdleTimeout;
            kestrel.Limits.RequestHeadersTimeout = options.HeadersTimeout;
            kestrel.Limits.MinRequestBodyDataRate = kestrel.Limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, Grace);
        });
    }

    private static void AddPages(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(builder.ReadOptions<SchoolOptions>("School", options => options.FindFaults())).AddSingleton<BrowserPages>();
        builder.Services.AddRazorComponents();
        builder.Services.AddWebEncoders(encoders => encoders.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
    }

    private static void AddEdge(WebApplicationBuilder builder, IConfigurationSection section)
    {
        builder.AddKnownSettings(isWhole: true, $"{section.Path}:TrustedProxies:*", PublicAddress.Key);
        var proxies = ReadProxies(builder, section);
        var (address, fault) = PublicAddress.Read(builder.Configuration);
        builder.Services.AddSingleton(new TrustedNetworks(proxies)).AddSingleton(address).AddStartCheck(_ => fault is null ? [] : [fault]);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 64;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));
        builder.Services.AddResponseCompression(compression => compression.EnableForHttps = true)
            .AddSingleton<IResponseCompressionProvider, LargeJsonCompression>();
        builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            // Only listed proxies are believed: an address that a client made up would defeat the limits. With
            // empty lists the middleware would believe every client, so then it must not look at all.
            forwarded.ForwardedHeaders = proxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            proxies.ForEach(forwarded.KnownIPNetworks.Add);
        });
    }

    private static List<System.Net.IPNetwork> ReadProxies(WebApplicationBuilder builder, IConfigurationSection section)
    {
        var networks = new List<System.Net.IPNetwork>();
        foreach (var proxy in section.GetSection("TrustedProxies").GetChildren())
        {
            if (IPAddress.TryParse(proxy.Value, out var address))
                networks.Add(new(address, address.GetAddressBytes().Length * 8));
            else if (System.Net.IPNetwork.TryParse(proxy.Value, out var network))
                networks.Add(network);
            else
                builder.Services.AddStartCheck(_ => [$"{proxy.Path} is '{proxy.Value}'; it must be the address or the network of a proxy, such as 10.0.0.1 or 10.0.0.0/24."]);
        }

        return networks;
    }
}
