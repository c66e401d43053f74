using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Tasks;

/// <summary>Creates and changes tasks. The old challenge always ends in the transaction that starts the new one.</summary>
internal sealed class TaskEditing(AssignmentsDb db, TimeProvider clock)
{
    internal const int MaxTasks = 500;

    internal static RpcException NoSuchTask() => RpcErrors.NotFound("Task with such uuid not found");

    /// <exception cref="RpcException">As documented for CreateTask in tasks.proto.</exception>
    public Task<ProgrammingTask> CreateAsync(V1.CreateTaskRequest request, Guid author, CancellationToken cancellationToken)
    {
        var draft = TaskDraft.Read(new FieldChecks(), request);
        var now = clock.Now();
        var id = Guid.CreateVersion7(now);
        return db.AddInTransactionAsync(cancellation => db.Tasks.SingleOrDefaultAsync(t => t.Id == id, cancellation), async cancellation =>
        {
            await db.LockTasksAsync(cancellation);
            await RequireRoomAsync(cancellation);
            var task = new ProgrammingTask
            {
                Id = id,
                AuthorId = author,
                Title = draft.Title,
                Text = draft.Text,
                TimeLimit = draft.TimeLimit,
                MemoryLimit = draft.MemoryLimit,
                CreatedAt = now,
            };
            db.Tasks.Add(task);
            await WriteAsync(task, draft, now, cancellation);
            return task;
        }, cancellationToken);
    }

    /// <exception cref="RpcException">As documented for UpdateTask in tasks.proto.</exception>
    public Task<ProgrammingTask> UpdateAsync(V1.UpdateTaskRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var id = checks.Uuid(request.Uuid, "uuid");
        var draft = TaskDraft.Read(checks, AsNew(request));
        return db.InTransactionAsync(async cancellation =>
        {
            await db.LockTasksAsync(cancellation);
            var task = await db.Tasks.SingleOrDefaultAsync(t => t.Id == id, cancellation) ?? throw NoSuchTask();
            await WriteAsync(task, draft, clock.Now(), cancellation);
            return task;
        }, cancellationToken);
    }

    /// <exception cref="RpcException">As documented for SetChallenge in tasks.proto.</exception>
    public Task<ProgrammingTask> SetChallengeAsync(Guid id, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.LockTasksAsync(cancellation);
        var task = await db.Tasks.SingleOrDefaultAsync(t => t.Id == id, cancellation) ?? throw NoSuchTask();
        await SetChallengeAsync(task, true, clock.Now(), cancellation);
        await db.SaveChangesAsync(cancellation);
        return task;
    }, cancellationToken);

    /// <summary>Deletes a task, or archives it when submissions or a contest need it.</summary>
    public Task DeleteAsync(Guid id, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.LockTasksAsync(cancellation);
        // Locked before looking who needs it: whoever adds a submission or a contest waits, and then does not find it.
        if (await db.Tasks.FromSql($"SELECT * FROM tasks WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancellation) is not { ArchivedAt: null } task)
            return false;
        if (await db.Submissions.AnyAsync(s => s.TaskId == id, cancellation) || await db.Contests.AnyAsync(c => c.Tasks.Contains(id), cancellation))
            (task.ArchivedAt, task.DayChallenge) = (clock.Now(), false);
        else
            db.Tasks.Remove(task);
        await db.SaveChangesAsync(cancellation);
        return true;
    }, cancellationToken);

    /// <exception cref="RpcException">As documented for RestoreTask in tasks.proto.</exception>
    public Task<ProgrammingTask> RestoreAsync(Guid id, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        await db.LockTasksAsync(cancellation);
        var task = await db.Tasks.SingleOrDefaultAsync(t => t.Id == id, cancellation) ?? throw NoSuchTask();
        if (task.ArchivedAt is null)
            return task;
        await RequireRoomAsync(cancellation);
        task.ArchivedAt = null;
        await db.SaveChangesAsync(cancellation);
        return task;
    }, cancellationToken);

    private async Task RequireRoomAsync(CancellationToken cancellationToken)
    {
        if (await db.Tasks.CountAsync(t => t.ArchivedAt == null, cancellationToken) >= MaxTasks)
            throw RpcErrors.WrongState($"There are {MaxTasks} tasks already; delete some first, and those with submissions are archived");
    }

    private async Task WriteAsync(ProgrammingTask task, TaskDraft draft, DateTimeOffset now, CancellationToken cancellationToken)
    {
        draft.WriteTo(task);
        task.UpdatedAt = now;
        await SetChallengeAsync(task, draft.DayChallenge ?? task.DayChallenge, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task SetChallengeAsync(ProgrammingTask task, bool isChallenge, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (task.DayChallenge == isChallenge)
            return;
        if (isChallenge)
        {
            if (task.ArchivedAt is not null)
                throw RpcErrors.WrongState("The task is archived; restore it first");
            await db.Tasks.Where(t => t.DayChallenge)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.DayChallenge, false).SetProperty(t => t.UpdatedAt, now), cancellationToken);
        }

        (task.DayChallenge, task.UpdatedAt) = (isChallenge, now);
        task.ChallengeSince = isChallenge ? now : task.ChallengeSince;
    }

    private static V1.CreateTaskRequest AsNew(V1.UpdateTaskRequest request)
    {
        var task = new V1.CreateTaskRequest { Title = request.Title, Text = request.Text, Tests = { request.Tests }, TestsTypes = request.TestsTypes };
        if (request.HasTimeLimit)
            task.TimeLimit = request.TimeLimit;
        if (request.HasMemoryLimit)
            task.MemoryLimit = request.MemoryLimit;
        if (request.HasDayChallenge)
            task.DayChallenge = request.DayChallenge;
        if (request.HasFunctionName)
            task.FunctionName = request.FunctionName;
        if (request.HasChecker)
            task.Checker = request.Checker;
        if (request.HasTolerance)
            task.Tolerance = request.Tolerance;
        return task;
    }
}
