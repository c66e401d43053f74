using Microsoft.EntityFrameworkCore;
using ShTP.ServiceDefaults.Outbox;

namespace ShTP.Notifications;

/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Notifications</c>.</remarks>
public sealed class NotificationsDb(DbContextOptions<NotificationsDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(NotificationsDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
    }
}
