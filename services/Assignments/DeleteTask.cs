using Microsoft.EntityFrameworkCore;
using ShTP.Data;

namespace ShTP.Assignments;

/// <summary>Deletes a task, or archives it when submissions or a contest need it.</summary>
internal sealed class DeleteTask(AssignmentsDb db, TimeProvider clock)
{
    public Task RunAsync(Guid id, CancellationToken cancellationToken) => db.InTransactionAsync(async cancellation =>
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
}
