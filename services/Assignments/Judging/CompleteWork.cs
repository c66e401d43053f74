using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.V1;
using ShTP.Data;
using ShTP.Rpc.Errors;
using Enum = System.Enum;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.Judging;

/// <summary>Stores results, each once.</summary>
internal sealed class CompleteWork(AssignmentsDb db, TimeProvider clock)
{
    private const int MaxErrorLength = 300;
    private const int MaxSourceLength = 64 * 1024;

    /// <exception cref="Grpc.Core.RpcException">As documented for CompleteWork in judging.proto.</exception>
    public async Task CompleteAsync(CompleteWorkRequest request, CancellationToken cancellationToken)
    {
        var checks = new FieldChecks();
        var lease = checks.Uuid(request.LeaseId, "leaseId");
        checks.Text(request.CommitId, 0, Submission.MaxCommitLength, "commitId");
        foreach (var result in request.Results)
            Check(checks, result);
        checks.ThrowIfInvalid();
        var results = request.Results.DistinctBy(result => result.SubmitId).ToDictionary(result => result.SubmitId);
        if (results.Count != request.Results.Count)
            throw Mismatch();
        await db.InTransactionAsync(async cancellation =>
        {
            var work = await db.LockLeaseAsync(lease, cancellation) ?? throw RpcErrors.WrongState("The lease is lost");
            if (work.State == WorkState.Done)
                return false;
            if (work.RejudgeId is null)
                await CompleteLiveAsync(work, request, results, cancellation);
            else
                await CompleteRejudgeAsync(work, results, cancellation);
            (work.State, work.FinishedAt) = (WorkState.Done, await db.NowAsync(cancellation));
            await db.SaveChangesAsync(cancellation);
            return true;
        }, cancellationToken);
    }

    private async Task CompleteLiveAsync(WorkItem work, CompleteWorkRequest request, Dictionary<string, TaskResult> results, CancellationToken cancellationToken)
    {
        // Locked because of concurrent rejections and rejudges.
        var submissions = await db.Submissions.FromSql($"SELECT * FROM submissions WHERE work_id = {work.Id} ORDER BY place FOR NO KEY UPDATE").ToListAsync(cancellationToken);
        RequireMatch(work, [.. submissions.OrderBy(s => s.Place).Select(s => s.Id)], results);
        foreach (var submission in submissions)
        {
            var result = results[submission.Id.ToString()];
            Write(submission, result);
            if (submission.Repository is null)
                continue;
            submission.CommitId = request.HasCommitId ? request.CommitId : null;
            submission.Source = result.HasSource ? TestResults.Printable(result.Source) : null;
        }

        await db.TellOfContestAsync(submissions, isJudged: true, cancellationToken);
    }

    private async Task CompleteRejudgeAsync(WorkItem work, Dictionary<string, TaskResult> results, CancellationToken cancellationToken)
    {
        var item = await db.RejudgeItems.SingleAsync(i => i.WorkId == work.Id, cancellationToken);
        RequireMatch(work, [item.SubmissionId], results);
        var result = results[item.SubmissionId.ToString()];
        item.Results = TestResults.Write(result.Tests);
        item.Message = MessageOf(result);
        (item.Solved, item.Accepted) = (TestResults.AreSolved(result.Tests), CountAccepted(result));
        item.JudgedAt = clock.Now();
    }

    private void Write(Submission submission, TaskResult result)
    {
        submission.Results = TestResults.Write(result.Tests);
        submission.Message = MessageOf(result);
        submission.Accepted = CountAccepted(result);
        submission.UpdatedAt = clock.Now();
        if (submission.Status == SubmissionStatus.Rejected)
            return;
        (submission.Status, submission.Solved) = (SubmissionStatus.Checked, TestResults.AreSolved(result.Tests));
    }

    private static short CountAccepted(TaskResult result) => (short)result.Tests.Count(test => test.Verdict == Verdict.Accepted);

    private static string? MessageOf(TaskResult result) => result.HasMessage ? TestResults.Printable(result.Message) : null;

    private static void Check(FieldChecks checks, TaskResult result)
    {
        if (result.Message.Length > Submission.MaxMessageLength)
            checks.Add("results.message", $"must have at most {Submission.MaxMessageLength} characters");
        if (System.Text.Encoding.UTF8.GetByteCount(result.Source) > MaxSourceLength)
            checks.Add("results.source", $"must have at most {MaxSourceLength} bytes");
        if (result.Tests.Any(test => test.Error.Length > MaxErrorLength || test.Duration < 0 || test.Memory < 0 || !Enum.IsDefined(test.Verdict)))
            checks.Add("results.tests", $"must have known verdicts, no negative numbers and errors of at most {MaxErrorLength} characters");
    }

    private static void RequireMatch(WorkItem work, Guid[] submissions, Dictionary<string, TaskResult> results)
    {
        if (results.Count != submissions.Length)
            throw Mismatch();
        for (var i = 0; i < submissions.Length; i++)
        {
            if (!results.TryGetValue(submissions[i].ToString(), out var result) || result.Tests.Count != work.TestCounts[i])
                throw Mismatch();
        }
    }

    private static Grpc.Core.RpcException Mismatch() => RpcErrors.InvalidField("results", "must be one for each submission of the work, with one for each test");
}
