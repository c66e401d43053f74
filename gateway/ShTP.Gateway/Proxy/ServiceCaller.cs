using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using ShTP.Gateway.Edge;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Grpc;
using ShTP.Transcoding.Requests;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace ShTP.Gateway.Proxy;

/// <summary>Sends a request's frame to the instance that YARP chose, and once more elsewhere when that is safe.</summary>
internal sealed class ServiceCaller(IDestinationHealthUpdater health)
{
    // Long enough to keep further calls away while an instance restarts, short enough not to miss it.
    private static readonly TimeSpan Suspicion = TimeSpan.FromSeconds(2);

    private readonly ConditionalWeakTable<DestinationModel, ConcurrentDictionary<string, Uri>> _addresses = [];

    /// <summary>The answer's headers; the caller reads and disposes the rest.</summary>
    /// <exception cref="HttpRequestException">No instance could be reached, or the connection broke.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpContext context, ApiMethod method, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var proxy = context.GetReverseProxyFeature();
        var destination = proxy.AvailableDestinations[0];
        for (var isLast = false; ; isLast = true)
        {
            proxy.ProxiedDestination = destination;
            var request = CreateRequest(context, method, frame, destination);
            try
            {
                return await proxy.Cluster.HttpClient.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException failure) when (!isLast && IsSafeToRepeat(failure, method, (FrameContent)request.Content!))
            {
                var other = FindOther(proxy, destination);
                if (other is null && !((FrameContent)request.Content!).WasRead)
                    throw; // the only instance cannot be reached: nothing has changed in a millisecond
                health.SetPassive(proxy.Route.Cluster!, destination, DestinationHealth.Unhealthy, Suspicion);
                destination = other ?? destination;
            }
        }
    }

    // Nothing has left for the service, or the contract says that asking twice does no harm.
    private static bool IsSafeToRepeat(HttpRequestException failure, ApiMethod method, FrameContent content) =>
        (failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError && !content.WasRead)
        || method.HasNoSideEffects;

    private static DestinationState? FindOther(IReverseProxyFeature proxy, DestinationState failed)
    {
        foreach (var destination in proxy.Route.Cluster!.DestinationsState.AvailableDestinations)
        {
            if (destination != failed)
                return destination;
        }

        return null;
    }

    private HttpRequestMessage CreateRequest(HttpContext context, ApiMethod method, ReadOnlyMemory<byte> frame, DestinationState destination)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(destination, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new FrameContent(frame),
        };
        // An allow-list: nothing else of the client's headers becomes metadata. The trace goes along by itself.
        var headers = request.Headers;
        headers.TryAddWithoutValidation("te", "trailers");
        if (!method.IsServerStreaming)
            headers.TryAddWithoutValidation("grpc-timeout", method.GrpcTimeout);
        // A token that was good once counts no more, but it says of a browser who was signed in there before.
        if (context.Features.Get<TokenResult>()?.Holder is not null)
            headers.TryAddWithoutValidation("authorization", context.Request.Headers.Authorization.ToString());
        if (method.IsRepeatable && IdempotencyKeys.Read(context.Request) is { } key)
            headers.TryAddWithoutValidation(CallMetadata.IdempotencyKey, key);
        headers.TryAddWithoutValidation("x-request-id", context.RequestId());
        headers.TryAddWithoutValidation("x-forwarded-for", ClientFacts.AddressOf(context).ToString());
        if (ClientFacts.UserAgentOf(context) is { } agent)
            headers.TryAddWithoutValidation("shtp-user-agent", agent);
        return request;
    }

    private Uri AddressOf(DestinationState destination, ApiMethod method)
    {
        var ofDestination = _addresses.GetValue(destination.Model, static _ => new ConcurrentDictionary<string, Uri>());
        return ofDestination.TryGetValue(method.RpcPath, out var known)
            ? known
            : ofDestination.GetOrAdd(method.RpcPath, new Uri(new Uri(destination.Model.Config.Address), method.RpcPath));
    }
}
