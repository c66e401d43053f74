using Microsoft.EntityFrameworkCore;
using ShTP.ServiceDefaults.Outbox;

namespace ShTP.Achievements;

/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Achievements</c>.</remarks>
public sealed class AchievementsDb(DbContextOptions<AchievementsDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AchievementsDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
    }
}
