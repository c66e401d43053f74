using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ShTP.Notifications.V1;
using ShTP.Data.Outbox;

namespace ShTP.Services.Tests.Events;

/// <summary>Stands for Notifications: remembers each message once.</summary>
public sealed class FakeNotifications : NotificationsInternal.NotificationsInternalBase
{
    private readonly ConcurrentDictionary<string, bool> _ids = new();

    public ConcurrentQueue<NotifyRequest> Heard { get; } = new();

    public override Task<Empty> Notify(NotifyRequest request, ServerCallContext context)
    {
        if (_ids.TryAdd(context.RequestHeaders.GetValue(OutboxExtensions.MessageIdHeader)!, true))
            Heard.Enqueue(request);
        return Task.FromResult(new Empty());
    }
}
