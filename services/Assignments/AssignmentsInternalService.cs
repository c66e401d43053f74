using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Assignments.Judging;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.Data.Audit;
using ShTP.Rpc.Errors;
using ShTP.Data.Outbox;
using ShTP.Rpc.Streams;
using ShTP.ServiceDefaults;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments;

/// <summary>RPCs for checkers and other services.</summary>
internal sealed class AssignmentsInternalService(AssignmentsDb db, TakeWork taking, CompleteWork results, LostWork lost) : AssignmentsInternal.AssignmentsInternalBase
{
    private const int ExportRows = 100;

    public override async Task<TakeWorkResponse> TakeWork(TakeWorkRequest request, ServerCallContext context) =>
        new() { Work = await taking.TakeAsync(request, context.CancellationToken) };

    public override async Task<HeartbeatResponse> Heartbeat(HeartbeatRequest request, ServerCallContext context) =>
        new() { LostIds = { await taking.ProlongAsync(request.LeaseIds, context.CancellationToken) } };

    public override async Task<Empty> CompleteWork(CompleteWorkRequest request, ServerCallContext context)
    {
        await results.CompleteAsync(request, context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> ReturnWork(ReturnWorkRequest request, ServerCallContext context)
    {
        await lost.ReturnAsync(request.LeaseId, context.CancellationToken);
        return new Empty();
    }

    public override async Task<Empty> DeleteUser(DeleteUserRequest request, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await db.ApplyOnceAsync(context, async cancellationToken =>
        {
            db.Record(user);
            await db.LockUserAsync(user, cancellationToken);
            // Locks in the order in which results are written: a checker that judges now finishes before, or loses its lease.
            await db.Database.ExecuteSqlAsync($"SELECT 1 FROM work WHERE user_id = {user} ORDER BY id FOR UPDATE", cancellationToken);
            await db.Submissions.Where(s => s.UserId == user).ExecuteDeleteAsync(cancellationToken);
            await db.Work.Where(w => w.UserId == user).ExecuteDeleteAsync(cancellationToken);
        });
        return new Empty();
    }

    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context) =>
        db.ListAuditAsync(ResourceNames.Assignments, request, context.CancellationToken);

    public override async Task ExportUser(ExportUserRequest request, IServerStreamWriter<ExportUserResponse> responseStream, ServerCallContext context)
    {
        var user = FieldChecks.RequireUuid(request.UserId, "userId");
        await responseStream.WriteRowsAsync("submissions.json", ReadSubmissionsAsync(user, context.CancellationToken), context.CancellationToken);
    }

    // In batches: with retries EF Core buffers a whole result in memory, and each row has a source of up to 64 KiB.
    private async IAsyncEnumerable<Submission> ReadSubmissionsAsync(Guid user, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ids = await db.Submissions.Where(s => s.UserId == user).OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id)
            .Select(s => s.Id).ToListAsync(cancellationToken);
        foreach (var part in ids.Chunk(ExportRows))
        {
            var rows = await db.Submissions.AsNoTracking().Where(s => part.Contains(s.Id)).ToDictionaryAsync(s => s.Id, cancellationToken);
            foreach (var row in part.Where(rows.ContainsKey).Select(id => rows[id]))
            {
                row.HideTests();
                yield return row;
            }
        }
    }
}
