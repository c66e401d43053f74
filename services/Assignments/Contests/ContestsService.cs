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
internal sealed class ContestsService(AssignmentsDb db, ContestEditing editing, ContestResults results, SubmitContest submission, SubmissionLists submissions)
    : V1.ContestsService.ContestsServiceBase
{
    private const int MaxRows = 500;

    public override async Task<ListContestsResponse> ListContests(ListContestsRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        var limit = request.HasLimit ? request.Limit : MaxRows;
        checks.Range(limit, 1, MaxRows, "limit");
        var before = request.Before.Length > 0 ? checks.Uuid(request.Before, "before") : Guid.Empty;
        checks.ThrowIfInvalid();
        var contests = db.Contests.AsNoTracking().Where(c => c.ArchivedAt != null == request.Archived);
        if (request.Before.Length > 0)
        {
            var last = await db.Contests.Where(c => c.Id == before).Select(c => (DateTimeOffset?)c.UpdatedAt).SingleOrDefaultAsync(context.CancellationToken)
                ?? throw RpcErrors.InvalidField("before", "there is no contest with this uuid");
            contests = contests.Where(c => EF.Functions.LessThan(ValueTuple.Create(c.UpdatedAt, c.Id), ValueTuple.Create(last, before)));
        }

        var rows = await contests.OrderByDescending(c => c.UpdatedAt).ThenByDescending(c => c.Id).Take(limit + 1).ToListAsync(context.CancellationToken);
        var page = rows.Select(contest => contest.ToProto()).ToPage(limit);
        return new ListContestsResponse { Contests = { page.Rows }, Next = page.Next(contest => contest.Uuid) };
    }

    public override async Task<ListAvailableResponse> ListAvailable(ListAvailableRequest request, ServerCallContext context)
    {
        var page = await results.ListAvailableAsync(context.User().Id, request.After, context.CancellationToken);
        return new ListAvailableResponse { Contests = { page.Rows }, Next = page.Next(contest => contest.Uuid) };
    }

    public override async Task<ContestDetails> GetContest(GetContestRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var contest = await db.Contests.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, context.CancellationToken) ?? throw ContestEditing.NoSuchContest();
        var titles = await db.Tasks.Where(t => contest.Tasks.Contains(t.Id)).Select(t => new { t.Id, t.Title }).ToDictionaryAsync(t => t.Id, t => t.Title, context.CancellationToken);
        return contest.ToDetails(contest.Tasks.Where(titles.ContainsKey).Select(task => new TaskTitle { Uuid = task.ToString(), Title = titles[task] }));
    }

    public override async Task<V1.Contest> CreateContest(CreateContestRequest request, ServerCallContext context) =>
        (await editing.CreateAsync(request, context.User().Id, context.CancellationToken)).ToProto();

    public override async Task<V1.Contest> UpdateContest(UpdateContestRequest request, ServerCallContext context) =>
        (await editing.UpdateAsync(request, context.CancellationToken)).ToProto();

    public override async Task<Empty> DeleteContest(DeleteContestRequest request, ServerCallContext context)
    {
        await editing.DeleteAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken);
        return new Empty();
    }

    public override async Task<V1.Contest> RestoreContest(RestoreContestRequest request, ServerCallContext context) =>
        (await editing.RestoreAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken)).ToProto();

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
        var page = await submissions.ReadAsync(own, request.Before, user, context.CancellationToken);
        return new ListContestSubmitsResponse { Submits = { page.Rows }, Next = page.Next(submit => submit.Uuid) };
    }

    public override async Task<Empty> SubmitContest(SubmitContestRequest request, ServerCallContext context)
    {
        await submission.SubmitAsync(request, context.User().Id, context.CancellationToken);
        return new Empty();
    }
}
