using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ShTP.Data.Audit;
using ShTP.Data.Outbox;
using ShTP.Protos;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Data.Idempotency;

/// <summary>
/// Gives a repeated call the answer of the first one, for a day when it carries an idempotency key
/// (draft-ietf-httpapi-idempotency-key-header), and for the RPC's <c>repeat_window_seconds</c> when it carries none. The
/// answer is recorded in the transaction of the effect, which the whole handler runs in: there is never one without the
/// other. A call that fails leaves nothing, and its repetition tries again.
/// </summary>
internal sealed class IdempotencyInterceptor<TContext>(CallSeal seal, OutboxDeliveries deliveries, TimeProvider clock) : Interceptor
    where TContext : DbContext
{
    private const string Find = "SELECT user_id, request, answer, is_implicit, expires_at FROM recorded_calls WHERE id = $1";

    private static readonly string WaitForLock = $"SELECT true FROM pg_advisory_xact_lock({AdvisoryLocks.RecordedCalls}, $1)";
    private static readonly string TryLock = $"SELECT pg_try_advisory_xact_lock({AdvisoryLocks.RecordedCalls}, $1)";
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(1);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (RepeatableRpc.Find(context.Method) is not { } rpc)
            return await continuation(request, context);

        var key = ReadKey(context);
        var user = context.User().Id;
        var db = context.GetHttpContext().RequestServices.GetRequiredService<TContext>();
        if (rpc.ChangesWhatIsThere)
            await db.Set<RecordedCall>().Where(call => call.UserId == user && call.IsImplicit).ExecuteDeleteAsync(context.CancellationToken);
        if (key is null && rpc.Window is null)
            return await continuation(request, context);

        var description = rpc.Describe((IMessage)request);
        var id = key is null ? seal.NameImplicit(user, description) : seal.NameExplicit(user, key);
        var waits = OutboxDeliveries.Defer();
        var answer = await new SingleAttempt(db).ExecuteAsync(async cancellationToken =>
        {
            await using var transaction = await db.BeginAsync(cancellationToken);
            var first = await FindAsync(db, id, waits: key is null, cancellationToken);
            var (now, digest) = (clock.Now(), seal.Hash(description));
            if (first?.ExpiresAt > now)
                return Replay<TResponse>(first, digest);

            var response = await continuation(request, context);
            // What the handler left behind is not to be saved, but for the entry of the audit.
            if (AuditChanges.FindAdded(db).Count == 0)
                db.ChangeTracker.Clear();
            if (first is not null)
                await db.Set<RecordedCall>().Where(call => call.Id == id).ExecuteDeleteAsync(cancellationToken);
            db.Add(new RecordedCall
            {
                Id = id,
                UserId = user,
                Request = digest,
                Answer = seal.Encrypt(id, ((IMessage)response).ToByteArray()),
                IsImplicit = key is null,
                ExpiresAt = now + (key is null ? rpc.Window!.Value : Retention),
            });
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return response;
        }, context.CancellationToken);
        await deliveries.WaitDeferredAsync(waits, context.CancellationToken);
        return answer;
    }

    private static string? ReadKey(ServerCallContext context)
    {
        var key = context.RequestHeaders.GetValue(CallMetadata.IdempotencyKey);
        return key is null || CallMetadata.IsIdempotencyKey(key)
            ? key
            : throw RpcErrors.Invalid($"Idempotency-Key must have 1 to {CallMetadata.MaxIdempotencyKey} printable ASCII characters");
    }

    // A client that gives keys gets an error that asks it to wait; one that gives none, and pressed the button twice, waits here.
    // Both commands are one round trip. They are two, because one reads what was committed before it began to wait.
    private static async Task<RecordedCall?> FindAsync(TContext db, byte[] id, bool waits, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction)db.Database.CurrentTransaction!.GetDbTransaction());
        batch.BatchCommands.Add(new NpgsqlBatchCommand(waits ? WaitForLock : TryLock) { Parameters = { new NpgsqlParameter<int> { TypedValue = (int)CallSeal.LockOf(id) } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Find) { Parameters = { new NpgsqlParameter<byte[]> { TypedValue = id } } });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        if (!rows.GetBoolean(0))
            throw RpcErrors.Running("A call with this Idempotency-Key is still running; repeat it later for its answer", RepeatAfter);
        await rows.NextResultAsync(cancellationToken);
        return !await rows.ReadAsync(cancellationToken) ? null : new RecordedCall
        {
            Id = id,
            UserId = rows.GetGuid(0),
            Request = rows.GetFieldValue<byte[]>(1),
            Answer = rows.GetFieldValue<byte[]>(2),
            IsImplicit = rows.GetBoolean(3),
            ExpiresAt = rows.GetFieldValue<DateTimeOffset>(4),
        };
    }

    private TResponse Replay<TResponse>(RecordedCall first, byte[] digest)
    {
        if (!CryptographicOperations.FixedTimeEquals(first.Request, digest))
            throw RpcErrors.InvalidField("Idempotency-Key", "was used for another request");
        var answer = (IMessage)Activator.CreateInstance<TResponse>()!;
        answer.MergeFrom(seal.Decrypt(first.Id, first.Answer));
        return (TResponse)answer;
    }
}
