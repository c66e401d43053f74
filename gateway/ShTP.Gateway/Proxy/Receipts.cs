using System.Collections.Concurrent;
using System.Collections.Immutable;
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

    private readonly ConcurrentDictionary<Guid, ImmutableList<Delivery>> _open = new();

    /// <summary>A client whose response was cut calls again over another connection: what it lost is unread before that is answered.</summary>
    public ValueTask SettleLostAsync(HttpContext context) =>
        CallerOf(context) is { } user && _open.TryGetValue(user, out var deliveries) ? SettleLostAsync(deliveries, context.RequestAborted) : ValueTask.CompletedTask;

    /// <summary>Settles the response at its end, when the service asks for that by a header.</summary>
    public void Expect(HttpContext context, HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues(CallMetadata.Delivery, out var values))
            return;
        var user = CallerOf(context) ?? throw new InvalidOperationException($"{CallMetadata.Delivery} in a response for nobody.");
        var delivery = new Delivery(user, values.First(), Acknowledgement.Await(context));
        _open.AddOrUpdate(user, [delivery], (_, others) => others.Add(delivery));
        context.Response.OnCompleted(() => SettleAsync(context, delivery));
    }

    private static async ValueTask SettleLostAsync(ImmutableList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        foreach (var delivery in deliveries.Where(one => one.Acknowledgement is { IsLost: true }))
            await delivery.Settled.Task.WaitAsync(cancellationToken);
    }

    private async Task SettleAsync(HttpContext context, Delivery delivery)
    {
        try
        {
            // With another status it was not shown at all: the call failed after its headers had come.
            var arrived = context.Response.StatusCode == StatusCodes.Status200OK && !context.RequestAborted.IsCancellationRequested
                && (delivery.Acknowledgement is null || await delivery.Acknowledgement.HasComeAsync());
            await notifications.SettleDeliveryAsync(
                new SettleDeliveryRequest { UserId = delivery.User.ToString(), Delivery = delivery.Id, Arrived = arrived }, deadline: DateTime.UtcNow + Limit);
        }
        catch (RpcException failure)
        {
            // Shown once more, which is better than never.
            logger.LogWarning("The delivery {Delivery} could not be settled: {Status}", delivery.Id, failure.Status);
        }
        finally
        {
            Remove(delivery);
        }
    }

    private void Remove(Delivery delivery)
    {
        delivery.Acknowledgement?.Dispose();
        while (_open.TryGetValue(delivery.User, out var before))
        {
            var after = before.Remove(delivery);
            if (after.IsEmpty ? _open.TryRemove(new(delivery.User, before)) : _open.TryUpdate(delivery.User, after, before))
                break;
        }

        delivery.Settled.SetResult();
    }

    private static Guid? CallerOf(HttpContext context) => context.Features.Get<TokenResult>()?.User?.Id;

    private sealed record Delivery(Guid User, string Id, Acknowledgement? Acknowledgement)
    {
        public TaskCompletionSource Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
