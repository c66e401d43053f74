using Microsoft.EntityFrameworkCore;
using ShTP.Data.Audit;
using ShTP.Events.Calendars;
using ShTP.Events.Feed;
using ShTP.Events.School;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;

namespace ShTP.Events;

/// <summary>School events with their registrations, and the stored feed.</summary>
/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Events</c>.</remarks>
internal sealed class EventsDb(DbContextOptions<EventsDb> options) : DbContext(options)
{
    public DbSet<Event> Events => Set<Event>();

    public DbSet<Registration> Registrations => Set<Registration>();

    public DbSet<CalendarAddress> CalendarAddresses => Set<CalendarAddress>();

    public DbSet<FeedEntry> FeedEntries => Set<FeedEntry>();

    public DbSet<FeedState> FeedState => Set<FeedState>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(EventsDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
        modelBuilder.AddAudit();
        modelBuilder.AddRecordedCalls();
    }
}
