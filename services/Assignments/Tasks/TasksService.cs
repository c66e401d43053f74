using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.Rpc.Access;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;

namespace ShTP.Assignments.Tasks;

/// <summary>Tasks and the challenge of the day.</summary>
internal sealed class TasksService(AssignmentsDb db, TaskEditing editing, TaskLists lists, Leaderboard leaderboard, SubmitChallenge challenge, SubmissionLists submissions)
    : V1.TasksService.TasksServiceBase
{
    private const int MaxFound = 100;
    private const int MaxQueryLength = 100;

    public override async Task<ListTasksResponse> ListTasks(ListTasksRequest request, ServerCallContext context)
    {
        var page = await lists.ReadAsync(request, context.CancellationToken);
        return new ListTasksResponse { Tasks = { page.Rows }, Next = page.Next(task => task.Uuid) };
    }

    public override async Task<V1.Task> CreateTask(CreateTaskRequest request, ServerCallContext context) =>
        (await editing.CreateAsync(request, context.User().Id, context.CancellationToken)).ToProto(withAllTests: true);

    public override async Task<V1.Task> UpdateTask(UpdateTaskRequest request, ServerCallContext context) =>
        (await editing.UpdateAsync(request, context.CancellationToken)).ToProto(withAllTests: true);

    public override async Task<Empty> DeleteTask(DeleteTaskRequest request, ServerCallContext context)
    {
        await editing.DeleteAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken);
        return new Empty();
    }

    public override async Task<V1.Task> RestoreTask(RestoreTaskRequest request, ServerCallContext context) =>
        (await editing.RestoreAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken)).ToProto(withAllTests: true);

    public override async Task<V1.Task> GetTask(GetTaskRequest request, ServerCallContext context)
    {
        var id = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var task = await db.Tasks.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, context.CancellationToken) ?? throw TaskEditing.NoSuchTask();
        return task.ToProto(context.User().IsStaff);
    }

    public override async Task<SearchTasksResponse> SearchTasks(SearchTasksRequest request, ServerCallContext context)
    {
        var checks = new FieldChecks();
        if (request.HasQuery)
            checks.Text(request.Query, 0, MaxQueryLength, "query");
        else
            checks.Add("query", "field required");
        checks.ThrowIfInvalid();
        var wanted = UnicodeText.Fold(request.Query);
        // There are few tasks, so an index would not be faster.
        var titles = await db.Tasks.Where(t => t.ArchivedAt == null).OrderBy(t => t.Title).ThenBy(t => t.Id).Select(t => new { t.Id, t.Title }).ToListAsync(context.CancellationToken);
        var found = titles.Where(task => UnicodeText.Fold(task.Title).Contains(wanted, StringComparison.Ordinal)).Take(MaxFound);
        return new SearchTasksResponse { Tasks = { found.Select(task => new TaskTitle { Uuid = task.Id.ToString(), Title = task.Title }) } };
    }

    public override async Task<V1.Task> GetChallenge(GetChallengeRequest request, ServerCallContext context)
    {
        var task = await db.Tasks.AsNoTracking().SingleOrDefaultAsync(t => t.DayChallenge, context.CancellationToken) ?? throw Tasks.SubmitChallenge.NoChallenge();
        return task.ToProto(context.UserOrNull()?.IsStaff == true);
    }

    public override async Task<V1.Task> SetChallenge(SetChallengeRequest request, ServerCallContext context) =>
        (await editing.SetChallengeAsync(FieldChecks.RequireUuid(request.Uuid, "uuid"), context.CancellationToken)).ToProto(withAllTests: true);

    public override async Task<GetChallengeLeaderboardResponse> GetChallengeLeaderboard(GetChallengeLeaderboardRequest request, ServerCallContext context)
    {
        var current = await Tasks.SubmitChallenge.FindChallengeAsync(db, context.CancellationToken);
        return new GetChallengeLeaderboardResponse { Solvers = { await leaderboard.ReadAsync(current, context.CancellationToken) } };
    }

    public override async Task<Submit> SubmitChallenge(SubmitChallengeRequest request, ServerCallContext context)
    {
        var user = context.User();
        var submission = await challenge.SubmitAsync(request.File, user.Id, context.CancellationToken);
        return (await submissions.WriteAsync([submission], s => s.FileName, user, context.CancellationToken))[0];
    }

    public override async Task<ListChallengeSubmitsResponse> ListChallengeSubmits(ListChallengeSubmitsRequest request, ServerCallContext context)
    {
        var (task, since) = await Tasks.SubmitChallenge.FindChallengeAsync(db, context.CancellationToken);
        var user = context.User();
        var own = db.Submissions.Where(s => s.UserId == user.Id && s.TaskId == task && s.CreatedAt >= since && s.ContestId == null);
        var page = await submissions.ReadAsync(own, request.Before, user, context.CancellationToken);
        return new ListChallengeSubmitsResponse { Submits = { page.Rows }, Next = page.Next(submit => submit.Uuid) };
    }

    public override async Task<ListTaskSubmitsResponse> ListTaskSubmits(ListTaskSubmitsRequest request, ServerCallContext context)
    {
        var task = FieldChecks.RequireUuid(request.Uuid, "uuid");
        var user = context.User();
        var page = await submissions.ReadAsync(db.Submissions.Where(s => s.UserId == user.Id && s.TaskId == task), request.Before, user, context.CancellationToken);
        return new ListTaskSubmitsResponse { Submits = { page.Rows.Select(submit => new WrappedSubmit { Submit = submit }) }, Next = page.Next(submit => submit.Uuid) };
    }
}
