using Microsoft.EntityFrameworkCore;
using ShTP.Achievements.Medals;
using ShTP.Achievements.Records;
using ShTP.Data.Audit;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;

namespace ShTP.Achievements;

/// <summary>Achievements and medals of students.</summary>
/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Achievements</c>.</remarks>
internal sealed class AchievementsDb(DbContextOptions<AchievementsDb> options) : DbContext(options)
{
    public DbSet<Achievement> Achievements => Set<Achievement>();

    public DbSet<ShownVersion> ShownVersions => Set<ShownVersion>();

    public DbSet<Medal> Medals => Set<Medal>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AchievementsDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
        modelBuilder.AddAudit();
        modelBuilder.AddRecordedCalls();
    }
}
