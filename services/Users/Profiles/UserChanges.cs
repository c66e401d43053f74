using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ShTP.Data.Caching;
using ShTP.Users.Groups;

namespace ShTP.Users.Profiles;

/// <summary>Drops kept answers when entities of theirs are saved. Statements that update rows without entities do it themselves.</summary>
internal sealed class UserChanges(KeptAnswers answers) : SaveChangesInterceptor
{
    // Entities count as unchanged once they are saved.
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        var db = (UsersDb)eventData.Context!;
        db.Changed = new ChangedUsers(
            [.. db.ChangeTracker.Entries<User>().Where(IsChanged).Select(user => user.Entity.Id)],
            db.ChangeTracker.Entries<Group>().Any(group => group.State == EntityState.Modified));
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        var db = (UsersDb)eventData.Context!;
        var changed = db.Changed;
        if (changed.IsAnybody || changed.Users.Count > 0)
            db.AfterCommit(() => changed.DropFrom(answers));
        return ValueTask.FromResult(result);
    }

    // Whether it was committed after all is not known.
    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        ((UsersDb)eventData.Context!).Changed.DropFrom(answers);
        return Task.CompletedTask;
    }

    private static bool IsChanged(EntityEntry entry) => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted;
}
