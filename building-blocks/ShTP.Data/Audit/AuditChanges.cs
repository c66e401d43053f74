using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using ShTP.Data.Caching;

namespace ShTP.Data.Audit;

/// <summary>Part of every service's context: completes entries by what is saved with them, and wakes the sealer when they are committed.</summary>
internal sealed class AuditChanges(AuditSignal signal) : SaveChangesInterceptor
{
    private static readonly ConditionalWeakTable<DbContext, Pending> Savings = [];

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Read(eventData.Context!);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        var db = eventData.Context!;
        if (Savings.Remove(db, out var saved))
        {
            saved.Call?.Changes.Add(saved.Changes);
            if (saved.HasEntries)
                db.AfterCommit(signal.Set);
        }

        return ValueTask.FromResult(result);
    }

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Savings.Remove(eventData.Context!);
        return Task.CompletedTask;
    }

    private static void Read(DbContext db)
    {
        var call = AuditCall.Current is { IsWhole: true, IsSettled: false } whole ? whole : null;
        var entries = FindAdded(db);
        if (call is null && entries.Count == 0)
            return;
        var changes = call is not null || entries.Exists(entry => !entry.IsComplete) ? ChangeReader.Read(db.ChangeTracker) : new AuditChangeSet();
        foreach (var entry in entries.Where(entry => !entry.IsComplete))
            AuditExtensions.Complete(entry, changes);
        Savings.AddOrUpdate(db, new Pending(call, changes, entries.Count > 0));
    }

    /// <summary>The entries that are not saved yet. Most contexts have none, and finding changes for that would be dear.</summary>
    internal static List<AuditEntry> FindAdded(DbContext db)
    {
        var tracker = db.ChangeTracker;
        var detects = tracker.AutoDetectChangesEnabled;
        tracker.AutoDetectChangesEnabled = false;
        try
        {
            return [.. tracker.Entries<AuditEntry>().Where(entry => entry.State == EntityState.Added).Select(entry => entry.Entity)];
        }
        finally
        {
            tracker.AutoDetectChangesEnabled = detects;
        }
    }

    private sealed record Pending(AuditCall? Call, AuditChangeSet Changes, bool HasEntries);
}
