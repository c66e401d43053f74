using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.Rpc;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Contests;

/// <summary>Contests, their results and marks; contests.proto documents each RPC.</summary>
public sealed class ContestsService(AssignmentsDb db, ContestEditing editing, ContestResults results, SubmitContest submission, SubmissionLists submissions)
    : V1.ContestsService.ContestsServiceBase
{
    private const int MaxContests = 500;

    public override async Task<ListContestsResponse> ListContests(ListContestsRequest request, ServerCallContext context)
    {
        var contests = await db.Contests.AsNoTracking().OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id).Take(MaxContests).ToListAsync(context.CancellationToken);
        return new ListContestsResponse { Contests = { contests.Select(contest => contest.ToProto()).Fitting() } };
    }

    public override async Task<ListAvailableResponse> ListAvailable(ListAvailableRequest request, ServerCallContext context) =>
        new() { Contests = { await results.ListAvailableAsync(context.User().Id, context.CancellationToken) } };

    public override async Task<ContestDetails> GetContest(GetContestRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var contest = await db.Contests.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, context.CancellationToken) ?? throw ContestEditing.NoSuchContest();
        var titles = await db.Tasks.Where(t => contest.Tasks.Contains(t.Id)).Select(t => new { t.Id, t.Title }).ToDictionaryAsync(t => t.Id, t => t.Title, context.CancellationToken);
        return contest.ToDetails(contest.Tasks.Select(task => new TaskTitle { Uuid = task.ToString(), Title = titles[task] }));
    }

    public override async Task<V1.Contest> CreateContest(CreateContestRequest request, ServerCallContext context) =>
        (await editing.CreateAsync(request, context.User().Id, context.CancellationToken)).ToProto();

    public override async Task<V1.Contest> UpdateContest(UpdateContestRequest request, ServerCallContext context) =>
        (await editing.UpdateAsync(request, context.CancellationToken)).ToProto();

    public override async Task<Empty> DeleteContest(DeleteContestRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        await db.Contests.Where(c => c.Id == id).ExecuteDeleteAsync(context.CancellationToken);
        return new Empty();
    }

    public override Task<GetSolvedResponse> GetSolved(GetSolvedRequest request, ServerCallContext context) =>
        results.ReadSolvedAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.User().Id, context.CancellationToken);

    public override Task<GetStatisticsResponse> GetStatistics(GetStatisticsRequest request, ServerCallContext context) =>
        results.ReadStatisticsAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken);

    public override async Task<ListContestSubmitsResponse> ListContestSubmits(ListContestSubmitsRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var (contest, task) = (checks.Uuid(request.Contest, "contest"), checks.Uuid(request.Task, "task"));
        checks.ThrowIfInvalid();
        var user = context.User();
        var own = db.Submissions.Where(s => s.UserId == user.Id && s.ContestId == contest && s.TaskId == task);
        return new ListContestSubmitsResponse { Submits = { await submissions.ReadAsync(own, user, context.CancellationToken) } };
    }

    public override async Task<Empty> SubmitContest(SubmitContestRequest request, ServerCallContext context)
    {
        await submission.SubmitAsync(request, context.User().Id, context.CancellationToken);
        return new Empty();
    }
}
