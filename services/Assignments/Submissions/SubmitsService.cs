using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Rejudging;
using ShTP.Assignments.V1;
using ShTP.Rpc.Access;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Submissions;

/// <summary>Single submissions and rejudging; submits.proto documents each RPC.</summary>
internal sealed class SubmitsService(AssignmentsDb db, SubmissionLists submissions, Rejudges rejudges, TimeProvider clock) : V1.SubmitsService.SubmitsServiceBase
{
    public override async Task<Submit> GetSubmit(GetSubmitRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        return await submissions.FindAsync(id, context.User(), context.CancellationToken)
            ?? throw RpcErrors.NotFound("No such submit or it is not your submit");
    }

    public override async Task<SubmitSource> GetSource(GetSourceRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var submission = await db.Submissions.Where(s => s.Id == id).Select(s => new { s.Language, s.Source }).SingleOrDefaultAsync(context.CancellationToken)
            ?? throw NoSuchSubmit();
        return new SubmitSource { Language = submission.Language == Language.Python ? "python" : "c++", Source = submission.Source ?? "" };
    }

    public override async Task<Empty> RejectSubmit(RejectSubmitRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var now = clock.Now();
        var count = await db.Submissions.Where(s => s.Id == id && s.Status != SubmissionStatus.Rejected).ExecuteUpdateAsync(set => set
            .SetProperty(s => s.Status, SubmissionStatus.Rejected)
            .SetProperty(s => s.Solved, false)
            .SetProperty(s => s.UpdatedAt, now), context.CancellationToken);
        if (count == 0 && !await db.Submissions.AnyAsync(s => s.Id == id, context.CancellationToken))
            throw NoSuchSubmit();
        return new Empty();
    }

    public override async Task<V1.Rejudge> StartRejudge(StartRejudgeRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        Guid? submission = request.HasSubmitId ? checks.Uuid(request.SubmitId, "submitId") : null;
        Guid? task = request.HasTaskId ? checks.Uuid(request.TaskId, "taskId") : null;
        if (request.HasSubmitId == request.HasTaskId)
            checks.Add("submitId", "either it or taskId must be given");
        checks.ThrowIfInvalid();
        var id = await rejudges.StartAsync(submission, task, context.CancellationToken);
        return await rejudges.ReadAsync(id, context.CancellationToken);
    }

    public override Task<V1.Rejudge> GetRejudge(GetRejudgeRequest request, ServerCallContext context) =>
        rejudges.ReadAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken);

    public override async Task<V1.Rejudge> ApplyRejudge(ApplyRejudgeRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        await rejudges.ApplyAsync(id, context.CancellationToken);
        return await rejudges.ReadAsync(id, context.CancellationToken);
    }

    public override async Task<Empty> DropRejudge(DropRejudgeRequest request, ServerCallContext context)
    {
        await rejudges.DropAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken);
        return new Empty();
    }

    private static RpcException NoSuchSubmit() => RpcErrors.NotFound("No such submit");
}
