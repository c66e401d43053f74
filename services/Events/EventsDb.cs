using Microsoft.EntityFrameworkCore;
using ShTP.ServiceDefaults.Outbox;

namespace ShTP.Events;

/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Events</c>.</remarks>
public sealed class EventsDb(DbContextOptions<EventsDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(EventsDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
    }
}
