using Microsoft.EntityFrameworkCore;

namespace ShTP.Assignments;

/// <summary>One change after the other; locks last until the transaction ends.</summary>
internal static class Locks
{
    /// <summary>The list of tasks: how many there are, and which is the challenge.</summary>
    public static Task LockTasksAsync(this AssignmentsDb db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(7236521)", cancellationToken);

    /// <summary>What a student has in the queue.</summary>
    public static Task LockUserAsync(this AssignmentsDb db, Guid user, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({user.ToString()}, 7236522))", cancellationToken);
}
