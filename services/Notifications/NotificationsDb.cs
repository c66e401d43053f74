using Microsoft.EntityFrameworkCore;
using ShTP.Data.Audit;
using ShTP.Notifications.Banners;
using ShTP.Notifications.Messages;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;

namespace ShTP.Notifications;

/// <summary>Notifications and banners.</summary>
/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Notifications</c>.</remarks>
internal sealed class NotificationsDb(DbContextOptions<NotificationsDb> options) : DbContext(options)
{
    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<Banner> Banners => Set<Banner>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(NotificationsDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
        modelBuilder.AddAudit();
        modelBuilder.AddRecordedCalls();
    }
}
