using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;

namespace ShTP.ServiceDefaults.Outbox;

/// <summary>Writes that cross services: told in the transaction that makes them true, delivered at least once, applied once.</summary>
public static class OutboxExtensions
{
    /// <summary>The tables <c>outbox</c> and <c>inbox</c>; called by <c>OnModelCreating</c> of every context.</summary>
    public static ModelBuilder AddOutboxAndInbox(this ModelBuilder modelBuilder) => throw new NotImplementedException();

    /// <summary>
    /// Adds a call of another service's internal RPC to the change being made; <c>SaveChanges</c> stores both or
    /// neither. Messages with the same <paramref name="key"/> are delivered in order. Returns the message id.
    /// </summary>
    public static Guid Enqueue(this DbContext db, ServiceDescriptor service, string method, IMessage request, string key) => throw new NotImplementedException();

    /// <summary>
    /// Applies a delivered message once: in one transaction notes the message id of the call and runs
    /// <paramref name="effect"/>, or does nothing when the id was noted before.
    /// </summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT when the call carries no message id.</exception>
    public static Task ApplyOnceAsync(this DbContext db, ServerCallContext context, Func<CancellationToken, Task> effect) => throw new NotImplementedException();
}

/// <summary>Lets a request wait until what it enqueued has arrived, so that its caller reads its own writes.</summary>
public sealed class OutboxDeliveries
{
    /// <summary>True once the message was delivered; false when <paramref name="limit"/> passed first: it will still be delivered.</summary>
    public Task<bool> WaitAsync(Guid messageId, TimeSpan limit, CancellationToken cancellationToken) => throw new NotImplementedException();
}
