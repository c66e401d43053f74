using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.Tasks;
using ShTP.Assignments.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.Judging;

/// <summary>Hands out leases. All times of leases are the database's, so replicas need no common clock.</summary>
internal sealed class TakeWork(AssignmentsDb db, WorkSignal signal, IOptions<AssignmentsOptions> options, IHostApplicationLifetime lifetime)
{
    private const int MaxWaitSeconds = 20;
    private const int MaxLeases = 100;

    // Poll interval without notifications.
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>The next work, or null when there is none within the wait time.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming each wrong field.</exception>
    public async Task<Work?> TakeAsync(TakeWorkRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        checks.Text(request.Checker, 1, WorkItem.MaxCheckerLength, "checker");
        checks.Range(request.WaitSeconds, 0, MaxWaitSeconds, "waitSeconds");
        checks.ThrowIfInvalid();
        // A stopping process hands out no work and must not wait for waiting callers.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var end = TimeProvider.System.GetTimestamp() + (long)(request.WaitSeconds * TimeProvider.System.TimestampFrequency);
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            var next = signal.Next;
            if (await TakeAsync(request.Checker, cancellationToken) is { } work)
                return work;
            var rest = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), end);
            if (rest <= TimeSpan.Zero)
                return null;
            await Task.WhenAny(next, Task.Delay(rest < LookAgain ? rest : LookAgain, ended.Token));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return null;
    }

    /// <summary>Extends the leases and returns the lost ones.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT for too many leases or a malformed one.</exception>
    public async Task<IReadOnlyList<string>> ProlongAsync(IReadOnlyList<string> leases, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        checks.Range(leases.Count, 0, MaxLeases, "leaseIds");
        var ids = leases.Take(MaxLeases).Select(lease => checks.Uuid(lease, "leaseIds")).ToArray();
        checks.ThrowIfInvalid();
        var kept = await db.Database.SqlQuery<Guid>(
            $"""
            UPDATE work SET lease_expires_at = now() + make_interval(secs => {options.Value.LeaseSeconds})
            WHERE lease_id = ANY ({ids}) AND state = 1
            RETURNING lease_id AS "Value"
            """).ToListAsync(cancellationToken);
        return [.. ids.Except(kept).Select(id => id.ToString())];
    }

    private Task<Work?> TakeAsync(string checker, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        var lease = Guid.NewGuid();
        var taken = await db.Work.FromSql(
            $"""
            UPDATE work SET state = 1, lease_id = {lease}, checker = {checker}, taken_at = now(), lease_expires_at = now() + make_interval(secs => {options.Value.LeaseSeconds})
            WHERE id = (SELECT id FROM work WHERE state = 0 ORDER BY priority, turn, sequence LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).ToListAsync(cancellation);
        if (taken is not [var work])
            return null;
        var submissions = work.RejudgeId is null
            ? await db.Submissions.AsNoTracking().Where(s => s.WorkId == work.Id).OrderBy(s => s.Place).ToListAsync(cancellation)
            : await db.RejudgeItems.AsNoTracking().Where(i => i.WorkId == work.Id).Join(db.Submissions, i => i.SubmissionId, s => s.Id, (_, s) => s).ToListAsync(cancellation);
        var taskIds = submissions.Select(s => s.TaskId).ToArray();
        var tasks = await db.Tasks.AsNoTracking().Where(t => taskIds.Contains(t.Id)).ToDictionaryAsync(t => t.Id, cancellation);
        work.TestCounts = [.. submissions.Select(s => tasks[s.TaskId].Tests.Count)];
        // By its current state: it may have been rejected since it was read.
        await db.Submissions.Where(s => s.WorkId == work.Id && s.Status == SubmissionStatus.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Status, SubmissionStatus.Checking), cancellation);
        await db.SaveChangesAsync(cancellation);
        return Write(work, submissions, tasks);
    }, cancellationToken);

    private static Work Write(WorkItem work, List<Submission> submissions, Dictionary<Guid, ProgrammingTask> tasks)
    {
        var message = new Work
        {
            LeaseId = work.LeaseId.ToString(),
            Language = work.Language,
            Tasks = { submissions.Select(submission => Write(submission, tasks[submission.TaskId])) },
        };
        // A rejudge uses the source that was judged before, also when the repository has changed.
        if (work.RejudgeId is null && submissions[0].Repository is { } repository)
            message.Repository = repository;
        else
            message.Source = submissions[0].Source ?? "";
        return message;
    }

    private static WorkTask Write(Submission submission, ProgrammingTask task)
    {
        var message = new WorkTask
        {
            SubmitId = submission.Id.ToString(),
            TimeLimit = task.TimeLimit,
            MemoryLimit = task.MemoryLimit,
            Tests = { task.Tests.Select(test => new WorkTest { Input = test.Input, Output = test.Output, Demo = test.Demo == true }) },
            InputTypes = { task.InputTypes },
            OutputTypes = { task.OutputTypes },
            FileName = Path.GetFileNameWithoutExtension(submission.FileName),
            Checker = task.Checker,
            Tolerance = task.Tolerance,
        };
        if (task.FunctionName is not null)
            message.FunctionName = task.FunctionName;
        return message;
    }
}
