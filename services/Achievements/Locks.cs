using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.Records;
using ShTP.Data;

namespace ShTP.Achievements;

/// <summary>Locks that serialize changes until the end of the transaction.</summary>
internal static class Locks
{
    /// <summary>Loads the achievement, tracked and locked; null when there is none.</summary>
    public static Task<Achievement?> LockAchievementAsync(this AchievementsDb db, Guid id, CancellationToken cancellationToken) =>
        db.Achievements.FromSql($"SELECT * FROM achievements WHERE id = {id} FOR NO KEY UPDATE").SingleOrDefaultAsync(cancellationToken);

    /// <summary>Serializes checks that count a user's rows.</summary>
    public static Task LockUserAsync(this AchievementsDb db, Guid user, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({user.ToString()}, {AdvisoryLocks.AchievementsOfUser}))", cancellationToken);
}
