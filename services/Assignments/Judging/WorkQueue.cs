using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.V1;
using ShTP.Rpc.Errors;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.Judging;

/// <summary>
/// A queue that is fair between students: each work of a student gets the turn after the student's previous one, and at
/// least the turn that is served now. So a student has one work per turn, and a new work waits for at most one work of
/// each other student per turn. Turns only grow, so no work waits forever.
/// </summary>
internal static class WorkQueue
{
    /// <summary>The LISTEN channel for new work.</summary>
    public const string Channel = "work";

    private const int MaxWaiting = 10;

    // When the next one is judged cannot be predicted: it depends on programs which are not judged yet, and on the checkers that
    // run. Most take less than this.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>Adds a student's work to the transaction; a repository is one work for any number of tasks.</summary>
    /// <exception cref="Grpc.Core.RpcException">RESOURCE_EXHAUSTED when too many works of the student wait.</exception>
    public static async Task<WorkItem> EnqueueLiveAsync(this AssignmentsDb db, Guid user, Language language, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Two concurrent calls would get the same turn, and could both find room for one.
        await db.LockUserAsync(user, cancellationToken);
        if (await db.Work.CountAsync(w => w.UserId == user && w.State == WorkState.Queued && w.Priority == WorkItem.Live, cancellationToken) >= MaxWaiting)
            throw RpcErrors.TooMany($"{MaxWaiting} of your submissions are waiting already", RetryAfter);
        var turn = await db.Database.SqlQuery<long>(
            $"""
            SELECT 1 + greatest(
                coalesce((SELECT max(turn) FROM work WHERE user_id = {user} AND state < 2 AND priority = 0), 0),
                coalesce((SELECT turn FROM work WHERE state = 0 AND priority = 0 ORDER BY priority, turn, sequence LIMIT 1) - 1, 0)) AS "Value"
            """).SingleAsync(cancellationToken);
        var work = new WorkItem { Id = Guid.CreateVersion7(now), UserId = user, Language = language, Priority = WorkItem.Live, Turn = turn, QueuedAt = now };
        db.Work.Add(work);
        await db.WakeCheckersAsync(cancellationToken);
        return work;
    }

    /// <summary>Wakes callers that wait for work, when the transaction commits.</summary>
    public static Task WakeCheckersAsync(this AssignmentsDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, '')", cancellationToken);

    /// <summary>The work of a lease, tracked and locked; null when the lease is lost.</summary>
    public static Task<WorkItem?> LockLeaseAsync(this AssignmentsDb db, Guid lease, CancellationToken cancellationToken) =>
        db.Work.FromSql($"SELECT * FROM work WHERE lease_id = {lease} FOR UPDATE").SingleOrDefaultAsync(cancellationToken);
}
