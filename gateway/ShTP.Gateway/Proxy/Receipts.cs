using Grpc.Core;
using ShTP.Notifications.V1;
using ShTP.Protos;
using ShTP.Rpc.Access;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// Reports to Notifications whether a response that consumes what it shows has left whole. Kestrel runs this before it reads
/// the next request of the connection, so a client that polls again finds it settled.
/// </summary>
internal sealed class Receipts(NotificationsInternal.NotificationsInternalClient notifications, ILogger<Receipts> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Settles the response at its end, when the service asks for that by a header.</summary>
    public void Expect(HttpContext context, HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(CallMetadata.Delivery, out var values))
            return;
        var user = context.Features.Get<TokenResult>()?.User ?? throw new InvalidOperationException($"{CallMetadata.Delivery} in a response for nobody.");
        var request = new SettleDeliveryRequest { UserId = user.Id.ToString(), Delivery = values.First() };
        var acknowledgement = Acknowledgement.Await(context);
        context.Response.OnCompleted(() => SettleAsync(context, request, acknowledgement));
    }

    private async Task SettleAsync(HttpContext context, SettleDeliveryRequest request, Acknowledgement acknowledgement)
    {
        // With another status it was not shown at all: the call failed after its headers had come.
        request.Arrived = context.Response.StatusCode == StatusCodes.Status200OK && !context.RequestAborted.IsCancellationRequested
            && await acknowledgement.HasComeAsync(context.Response.ContentLength ?? 1);
        try
        {
            await notifications.SettleDeliveryAsync(request, deadline: DateTime.UtcNow + Limit);
        }
        catch (RpcException failure)
        {
            // Shown once more, which is better than never.
            logger.LogWarning("The delivery {Delivery} could not be settled: {Status}", request.Delivery, failure.Status);
        }
    }
}
