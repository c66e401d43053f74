using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Events.V1;

namespace ShTP.Events.School;

/// <summary>A seat at an event, or a place in its waiting list.</summary>
internal sealed class Registration
{
    public required Guid EventId { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Grows with every registration for the event. All registered users come before all waiting ones.</summary>
    public required long Position { get; init; }

    public required RegistrationStatus Status { get; init; }

    public DateTimeOffset RegisteredAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<Registration>
    {
        public void Configure(EntityTypeBuilder<Registration> registration)
        {
            registration.ToTable("registrations");
            registration.HasKey(r => new { r.EventId, r.UserId });
            registration.Property(r => r.Status).HasConversion<short>();
            registration.HasOne<Event>().WithMany().HasForeignKey(r => r.EventId).OnDelete(DeleteBehavior.Cascade);
            // Places are ranks in this index: it orders the waiting list and the lists of participants.
            registration.HasIndex(r => new { r.EventId, r.Status, r.Position }).IsDescending(false, true, false).HasDatabaseName("ix_registrations_places");
            registration.HasIndex(r => r.UserId).HasDatabaseName("ix_registrations_user");
        }
    }
}
