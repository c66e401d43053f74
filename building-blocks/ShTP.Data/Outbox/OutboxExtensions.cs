using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Protos;
using ShTP.Rpc.Errors;

namespace ShTP.Data.Outbox;

/// <summary>Messages to other services: enqueued in the transaction of the change, delivered at least once, applied once.</summary>
public static class OutboxExtensions
{
    /// <summary>Metadata key of the message id.</summary>
    public const string MessageIdHeader = "shtp-message-id";

    private const int MaxKeyLength = 200;
    private const int MaxPayload = 1024 * 1024;

    /// <summary>The tables <c>outbox</c> and <c>inbox</c>; called by <c>OnModelCreating</c> of every context.</summary>
    public static ModelBuilder AddOutboxAndInbox(this ModelBuilder modelBuilder)
    {
        var model = new OutboxModel();
        modelBuilder.ApplyConfiguration<OutboxMessage>(model);
        return modelBuilder.ApplyConfiguration<InboxMessage>(model);
    }

    /// <summary>
    /// Adds a call of another service's internal RPC to the change being made; <c>SaveChanges</c> stores both or
    /// neither. Messages with the same <paramref name="key"/> are delivered in order. Returns the message id.
    /// </summary>
    /// <exception cref="ArgumentException">No internal unary RPC of that name, a key that is empty or too long, or a request above 1 MiB.</exception>
    public static Guid Enqueue(this DbContext db, ServiceDescriptor service, string method, IMessage request, string key) =>
        Add(db, service, method, request, key, dueAt: default);

    /// <summary>
    /// The same, delivered no earlier than after <paramref name="delay"/>, which the clock of this process measures. Until
    /// then it holds up later messages of its key.
    /// </summary>
    /// <exception cref="ArgumentException">As <see cref="Enqueue"/>.</exception>
    public static Guid EnqueueLater(this DbContext db, TimeSpan delay, ServiceDescriptor service, string method, IMessage request, string key) =>
        Add(db, service, method, request, key, DateTime.UtcNow + delay);

    /// <summary>
    /// Applies a delivered message once: in one transaction notes the message id of the call and runs
    /// <paramref name="effect"/>, or skips it when the id is already stored. The effect saves itself or is saved;
    /// it must load what it changes, since it starts with an empty change tracker and is run again after a transient failure.
    /// </summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT when the call carries no message id.</exception>
    public static async Task ApplyOnceAsync(this DbContext db, ServerCallContext context, Func<CancellationToken, Task> effect)
    {
        if (!Guid.TryParseExact(context.RequestHeaders.GetValue(MessageIdHeader), "D", out var id))
            throw RpcErrors.Invalid($"{MessageIdHeader} is missing or not a UUID.");

        await db.Database.CreateExecutionStrategy().ExecuteAsync(async cancellationToken =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.BeginAsync(cancellationToken);
            // Waits for a concurrent delivery of the same message to commit or roll back.
            if (await db.Database.ExecuteSqlRawAsync(OutboxSql.AddToInbox, [id], cancellationToken) == 0)
                return;
            await effect(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }, context.CancellationToken);
    }

    private static Guid Add(DbContext db, ServiceDescriptor service, string method, IMessage request, string key, DateTime dueAt)
    {
        var descriptor = service.FindMethodByName(method)
            ?? throw new ArgumentException($"{service.FullName} has no RPC {method}.", nameof(method));
        var path = Contract.PathOf(descriptor);
        if (descriptor.IsClientStreaming || descriptor.IsServerStreaming || Contract.ShTP.FindMethod(path) is not { } known || Contract.AccessOf(known)?.Internal is null)
            throw new ArgumentException($"{path} is not an internal unary RPC.", nameof(method));
        if (request.Descriptor.FullName != descriptor.InputType.FullName)
            throw new ArgumentException($"{path} takes {descriptor.InputType.FullName}, not {request.Descriptor.FullName}.", nameof(request));
        if (key.Length is 0 or > MaxKeyLength)
            throw new ArgumentException($"A key has 1 to {MaxKeyLength} characters.", nameof(key));
        var payload = request.ToByteArray();
        if (payload.Length > MaxPayload)
            throw new ArgumentException($"A message has at most {MaxPayload} bytes; this one has {payload.Length}.", nameof(request));

        var message = new OutboxMessage { Id = OutboxIds.Next(), Key = key, Path = path, Payload = payload, TraceParent = Activity.Current?.Id, NextAttemptAt = dueAt };
        db.Add(message);
        return message.Id;
    }
}
