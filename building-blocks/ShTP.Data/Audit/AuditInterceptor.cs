using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Data.Outbox;

namespace ShTP.Data.Audit;

/// <summary>
/// Keeps each call that the contract says is kept: the whole handler runs in one transaction, and the entry is the last thing
/// that is written in it. So no handler can forget it, and without it nothing is committed. An RPC that writes its entry itself
/// (AUDIT_HANDLER) must have done so.
/// </summary>
internal sealed class AuditInterceptor<TContext>(IServiceScopeFactory scopes, OutboxDeliveries deliveries) : Interceptor
    where TContext : DbContext
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        AuditedRpc.Find(context.Method) is { } rpc ? KeepAsync(rpc, request, context, continuation) : continuation(request, context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        AuditedRpc.Find(context.Method) is { } rpc ? KeepAsync(rpc, request, responseStream, context, continuation) : continuation(request, responseStream, context);

    private async Task<TResponse> KeepAsync<TRequest, TResponse>(
        AuditedRpc rpc, TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        where TRequest : class
        where TResponse : class
    {
        var call = AuditCall.Begin(rpc, context);
        if (rpc.IsByHandler)
        {
            var response = await continuation(request, context);
            // A message of another service that was applied before has no effect.
            return call.IsSettled || rpc.IsInternal ? response : throw new InvalidOperationException($"{context.Method} wrote no entry of the audit.");
        }

        var db = context.GetHttpContext().RequestServices.GetRequiredService<TContext>();
        if (db.Database.CurrentTransaction is not null)
        {
            var recorded = await continuation(request, context);
            // Saved with the record of the call (Idempotency), in one round trip.
            Add(db, call, (IMessage)request);
            return recorded;
        }

        var waits = OutboxDeliveries.Defer();
        var answer = await new ConflictRetries(db, context.GetHttpContext().Response).ExecuteAsync(async cancellationToken =>
        {
            db.ChangeTracker.Clear();
            call = AuditCall.Begin(rpc, context);
            await using var transaction = await db.BeginAsync(cancellationToken);
            var response = await continuation(request, context);
            await SaveAsync(db, call, (IMessage)request, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return response;
        }, context.CancellationToken);
        await deliveries.WaitDeferredAsync(waits, context.CancellationToken);
        return answer;
    }

    private async Task KeepAsync<TRequest, TResponse>(
        AuditedRpc rpc, TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
        where TRequest : class
        where TResponse : class
    {
        var call = AuditCall.Begin(rpc, context);
        var answer = new RecordingWriter<TResponse>(responseStream, () => SaveApartAsync(call, (IMessage)request, context.CancellationToken));
        await continuation(request, answer, context);
        await answer.RecordAsync();
    }

    private static async Task SaveAsync(DbContext db, AuditCall call, IMessage request, CancellationToken cancellationToken)
    {
        if (Add(db, call, request))
            await db.SaveChangesAsync(cancellationToken);
    }

    private static bool Add(DbContext db, AuditCall call, IMessage request)
    {
        if (call.IsSettled)
            return false;
        call.IsSettled = true;
        db.ChangeTracker.Clear();
        db.Add(call.ToEntry(request));
        return true;
    }

    // The handler is reading from its own connection.
    private async Task SaveApartAsync(AuditCall call, IMessage request, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await SaveAsync(scope.ServiceProvider.GetRequiredService<TContext>(), call, request, cancellationToken);
    }

    /// <summary>
    /// Lets transactions in the handler join this one. A call that lost to another one was rolled back, so it begins anew; an outage
    /// is the client's to try again, since it is not known whether the commit arrived.
    /// </summary>
    private sealed class ConflictRetries(DbContext db, HttpResponse response) : ExecutionStrategy(db, MaxRetries, TimeSpan.FromMilliseconds(100))
    {
        private const int MaxRetries = 5;

        protected override bool ShouldRetryOn(Exception exception) =>
            !response.HasStarted && exception is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };
    }

    /// <summary>Records before the first message leaves: a refused call has none.</summary>
    private sealed class RecordingWriter<T>(IServerStreamWriter<T> answer, Func<Task> record) : IServerStreamWriter<T>
    {
        private bool _isRecorded;

        public WriteOptions? WriteOptions
        {
            get => answer.WriteOptions;
            set => answer.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            await RecordAsync();
            await answer.WriteAsync(message, cancellationToken);
        }

        public async Task RecordAsync()
        {
            if (_isRecorded)
                return;
            await record();
            _isRecorded = true;
        }
    }
}
