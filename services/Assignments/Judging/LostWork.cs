using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.Judging;

/// <summary>
/// Takes work back from checkers that crashed or stop. It keeps its place in the queue. After too many losses it is
/// finished without a verdict, so that it does not stay in the queue forever.
/// </summary>
internal sealed class LostWork(AssignmentsDb db, TimeProvider clock)
{
    // Most losses have other causes than the work: the end of a checker, a service or the database ends all leases, and
    // the same work can be affected several times in a row.
    private const int MaxLosses = 10;
    private const int MaxReturns = 10;
    private const int PageSize = 100;

    internal const string NotJudged = "Решение не удалось проверить";

    /// <summary>Requeues expired work, at most a hundred.</summary>
    public Task SweepAsync(CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
    {
        var lost = await db.Work.FromSql($"SELECT * FROM work WHERE state = 1 AND lease_expires_at < now() ORDER BY lease_expires_at LIMIT {PageSize} FOR UPDATE SKIP LOCKED")
            .ToListAsync(cancellation);
        foreach (var work in lost)
        {
            work.Losses++;
            await TakeBackAsync(work, cancellation);
        }

        if (lost.Count > 0)
            await db.SaveChangesAsync(cancellation);
        return lost.Count;
    }, cancellationToken);

    /// <summary>Takes back returned work; a lost lease is not an error.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is not a UUID.</exception>
    public Task ReturnAsync(string lease, CancellationToken cancellationToken)
    {
        var id = FieldChecks.RequireUuid(lease, "leaseId");
        return db.InTransactionAsync(async cancellation =>
        {
            if (await db.LockLeaseAsync(id, cancellation) is not { State: WorkState.Leased } work)
                return false;
            work.Returns++;
            await TakeBackAsync(work, cancellation);
            await db.SaveChangesAsync(cancellation);
            return true;
        }, cancellationToken);
    }

    private async Task TakeBackAsync(WorkItem work, CancellationToken cancellationToken)
    {
        (work.LeaseId, work.LeaseExpiresAt) = (null, null);
        if (work.Losses >= MaxLosses || work.Returns >= MaxReturns)
        {
            await GiveUpAsync(work, cancellationToken);
            return;
        }

        work.State = WorkState.Queued;
        await db.Submissions.Where(s => s.WorkId == work.Id && s.Status == SubmissionStatus.Checking)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Status, SubmissionStatus.Queued), cancellationToken);
        await db.WakeCheckersAsync(cancellationToken);
    }

    private async Task GiveUpAsync(WorkItem work, CancellationToken cancellationToken)
    {
        (work.State, work.FinishedAt) = (WorkState.Done, await db.NowAsync(cancellationToken));
        if (work.RejudgeId is not null)
        {
            // Without new results the current ones are kept.
            var now = clock.Now();
            await db.RejudgeItems.Where(i => i.WorkId == work.Id).ExecuteUpdateAsync(set => set.SetProperty(i => i.JudgedAt, now), cancellationToken);
            return;
        }

        var submissions = await db.Submissions.FromSql($"SELECT * FROM submissions WHERE work_id = {work.Id} ORDER BY place FOR NO KEY UPDATE").ToListAsync(cancellationToken);
        foreach (var (submission, tests) in submissions.OrderBy(s => s.Place).Zip(work.TestCounts))
        {
            submission.Results = TestResults.Write(Enumerable.Repeat(new TestResult { Verdict = Verdict.NotRun }, tests));
            (submission.Message, submission.UpdatedAt) = (NotJudged, clock.Now());
            if (submission.Status != SubmissionStatus.Rejected)
                submission.Status = SubmissionStatus.Checked;
        }

        await db.TellOfContestAsync(submissions, isJudged: false, cancellationToken);
    }
}
