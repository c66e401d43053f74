using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using ShTP.Api.V1;
using ShTP.Assignments.Judging;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.Tasks;
using ShTP.Data;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.HandingIn;

/// <summary>Submits a solution of the challenge.</summary>
internal sealed class SubmitChallenge(AssignmentsDb db, TimeProvider clock)
{
    internal static RpcException NoChallenge() => RpcErrors.NotFound("No day challenge for now");

    /// <exception cref="RpcException">NOT_FOUND when there is none.</exception>
    internal static Task<Challenge> FindChallengeAsync(AssignmentsDb db, CancellationToken cancellationToken) =>
        ReadAsync(db.Tasks.Where(t => t.DayChallenge), cancellationToken);

    private static async Task<Challenge> ReadAsync(IQueryable<ProgrammingTask> challenges, CancellationToken cancellationToken)
    {
        var task = await challenges.Select(t => new { t.Id, t.ChallengeSince }).SingleOrDefaultAsync(cancellationToken) ?? throw NoChallenge();
        return new Challenge(task.Id, task.ChallengeSince ?? DateTimeOffset.MinValue);
    }

    /// <exception cref="RpcException">As documented for SubmitChallenge in tasks.proto.</exception>
    public async Task<Submission> SubmitAsync(InlineFile? file, Guid user, CancellationToken cancellationToken)
    {
        await FindChallengeAsync(db, cancellationToken);
        var source = SourceFile.Read(file);
        var now = clock.Now();
        var id = Guid.CreateVersion7(now);
        return await db.AddInTransactionAsync(cancellation => db.Submissions.SingleOrDefaultAsync(s => s.Id == id, cancellation), async cancellation =>
        {
            // Locked against a concurrent deletion.
            var challenge = await ReadAsync(db.Tasks.FromSql($"SELECT * FROM tasks WHERE day_challenge FOR KEY SHARE"), cancellation);
            var work = await db.EnqueueLiveAsync(user, source.Language, now, cancellation);
            var submission = new Submission
            {
                Id = id,
                UserId = user,
                TaskId = challenge.Task,
                Language = source.Language,
                FileName = source.FileName,
                Source = source.Text,
                WorkId = work.Id,
                CreatedAt = now,
                UpdatedAt = now,
            };
            db.Submissions.Add(submission);
            await db.SaveChangesAsync(cancellation);
            return submission;
        }, cancellationToken);
    }
}
