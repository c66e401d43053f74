using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Submissions;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Judging;

/// <summary>
/// Judges submissions again without changing their results, in the same queue behind all new submissions. Rejected
/// submissions are left out. For a repository the file that was judged is judged again.
/// </summary>
internal sealed class Rejudges(AssignmentsDb db, TimeProvider clock)
{
    private const int MaxSubmissions = 1000;

    /// <summary>The id of the new rejudge.</summary>
    /// <exception cref="Grpc.Core.RpcException">As documented for StartRejudge in submits.proto.</exception>
    public Task<Guid> StartAsync(Guid? submission, Guid? task, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        var taskId = task ?? await db.Submissions.Where(s => s.Id == submission).Select(s => (Guid?)s.TaskId).SingleOrDefaultAsync(cancellation)
            ?? throw RpcErrors.NotFound("No such submit");
        // Two concurrent calls could both find no open rejudge.
        if (await db.Tasks.FromSql($"SELECT * FROM tasks WHERE id = {taskId} FOR NO KEY UPDATE").Select(t => t.Id).ToListAsync(cancellation) is [])
            throw RpcErrors.NotFound("Task with such uuid not found");
        if (await db.Rejudges.AnyAsync(r => r.TaskId == taskId && r.AppliedAt == null && r.DroppedAt == null, cancellation))
            throw RpcErrors.WrongState("Another rejudge of the task is open; apply or drop it first");
        var submissions = await db.Submissions.AsNoTracking()
            .Where(s => s.TaskId == taskId && (submission == null || s.Id == submission) && s.Status == SubmissionStatus.Checked && s.Source != null)
            .OrderBy(s => s.CreatedAt).ThenBy(s => s.Id).Take(MaxSubmissions + 1).Select(Submission.WithoutSource).ToListAsync(cancellation);
        if (submissions.Count == 0)
            throw RpcErrors.WrongState("There is nothing to judge");
        if (submissions.Count > MaxSubmissions)
            throw RpcErrors.WrongState($"There are more than {MaxSubmissions} submissions of the task");

        var now = clock.Now();
        var rejudge = new Rejudge { Id = Guid.CreateVersion7(now), TaskId = taskId, CreatedAt = now };
        db.Rejudges.Add(rejudge);
        for (var i = 0; i < submissions.Count; i++)
            Add(rejudge, submissions[i], i, now);
        await db.SaveChangesAsync(cancellation);
        await db.WakeCheckersAsync(cancellation);
        return rejudge.Id;
    }, cancellationToken);

    /// <exception cref="Grpc.Core.RpcException">NOT_FOUND when there is none.</exception>
    public async Task<V1.Rejudge> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        var rejudge = await db.Rejudges.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) ?? throw NoSuchRejudge();
        var message = rejudge.ToProto();
        var items = db.RejudgeItems.Where(i => i.RejudgeId == id);
        message.Total = await items.CountAsync(cancellationToken);
        message.Judged = await items.CountAsync(i => i.JudgedAt != null, cancellationToken);
        message.Differences.AddRange(await items.Where(i => i.Results != null && (i.Solved != i.SolvedBefore || i.Accepted != i.AcceptedBefore))
            .Join(db.Submissions, i => i.SubmissionId, s => s.Id, (i, s) => new { Item = i, s.UserId }).OrderBy(row => row.Item.SubmissionId)
            .Select(row => new V1.RejudgeDifference
            {
                SubmitId = row.Item.SubmissionId.ToString(),
                UserId = row.UserId.ToString(),
                SolvedBefore = row.Item.SolvedBefore,
                SolvedAfter = row.Item.Solved,
                AcceptedBefore = row.Item.AcceptedBefore,
                AcceptedAfter = row.Item.Accepted,
            }).Take(MaxSubmissions).ToListAsync(cancellationToken));
        return message;
    }

    /// <exception cref="Grpc.Core.RpcException">As documented for ApplyRejudge in submits.proto.</exception>
    public Task ApplyAsync(Guid id, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        var rejudge = await LockAsync(id, cancellation) ?? throw NoSuchRejudge();
        if (rejudge.DroppedAt is not null)
            throw RpcErrors.WrongState("The rejudge was dropped");
        if (rejudge.AppliedAt is not null)
            return false;
        if (await db.RejudgeItems.AnyAsync(i => i.RejudgeId == id && i.JudgedAt == null, cancellation))
            throw RpcErrors.WrongState("The rejudge is not finished");
        var now = clock.Now();
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE submissions SET results = item.results, message = item.message, solved = item.solved, accepted = item.accepted, updated_at = {now}, outputs_kept = true
            FROM rejudge_items AS item
            WHERE item.rejudge_id = {id} AND item.results IS NOT NULL AND submissions.id = item.submission_id AND submissions.status = {(short)SubmissionStatus.Checked}
            """, cancellation);
        rejudge.AppliedAt = now;
        await db.SaveChangesAsync(cancellation);
        return true;
    }, cancellationToken);

    /// <exception cref="Grpc.Core.RpcException">As documented for DropRejudge in submits.proto.</exception>
    public Task DropAsync(Guid id, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        if (await LockAsync(id, cancellation) is not { DroppedAt: null } rejudge)
            return false;
        if (rejudge.AppliedAt is not null)
            throw RpcErrors.WrongState("The rejudge was applied");
        // Checkers that judge some of it lose their lease.
        await db.Work.Where(w => w.RejudgeId == id && w.State != WorkState.Done).ExecuteDeleteAsync(cancellation);
        rejudge.DroppedAt = clock.Now();
        await db.SaveChangesAsync(cancellation);
        return true;
    }, cancellationToken);

    private void Add(Rejudge rejudge, Submission submission, int turn, DateTimeOffset now)
    {
        var work = new WorkItem
        {
            Id = Guid.CreateVersion7(now),
            UserId = submission.UserId,
            Language = submission.Language,
            Priority = WorkItem.Later,
            Turn = turn,
            RejudgeId = rejudge.Id,
            QueuedAt = now,
        };
        db.Work.Add(work);
        db.RejudgeItems.Add(new RejudgeItem
        {
            RejudgeId = rejudge.Id,
            SubmissionId = submission.Id,
            WorkId = work.Id,
            SolvedBefore = submission.Solved,
            AcceptedBefore = submission.Accepted,
        });
    }

    private Task<Rejudge?> LockAsync(Guid id, CancellationToken cancellationToken) =>
        db.Rejudges.FromSql($"SELECT * FROM rejudges WHERE id = {id} FOR NO KEY UPDATE").SingleOrDefaultAsync(cancellationToken);

    private static Grpc.Core.RpcException NoSuchRejudge() => RpcErrors.NotFound("No such rejudge");
}
