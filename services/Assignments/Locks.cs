using Microsoft.EntityFrameworkCore;
using ShTP.Data;

namespace ShTP.Assignments;

/// <summary>Locks that serialize changes until the end of the transaction.</summary>
internal static class Locks
{
    /// <summary>The list of tasks: their number, and the challenge.</summary>
    public static Task LockTasksAsync(this AssignmentsDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLocks.Tasks})", cancellationToken);

    /// <summary>A student's work in the queue.</summary>
    public static Task LockUserAsync(this AssignmentsDb db, Guid user, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({user.ToString()}, {AdvisoryLocks.WorkOfUser}))", cancellationToken);
}
