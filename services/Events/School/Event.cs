using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Events.School;

/// <summary>A school event. Its row is locked while seats change.</summary>
internal sealed class Event
{
    public const int MaxTitleLength = 200;
    public const int MaxTextLength = 10_000;
    public const int MaxPlaceLength = 200;
    public const int MaxReasonLength = 500;
    public const int MaxSeats = 10_000;
    public const int MaxGroups = 100;

    public required Guid Id { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public required string Title { get; set; }

    /// <summary>Plain text.</summary>
    public required string Text { get; set; }

    public required string Place { get; set; }

    public DateTimeOffset StartsAt { get; set; }

    public DateTimeOffset EndsAt { get; set; }

    /// <summary>Null when there is no limit.</summary>
    public int? Seats { get; set; }

    /// <summary>Number of registrations, stored so that lists need not count.</summary>
    public int SeatsTaken { get; set; }

    /// <summary>Length of the waiting list.</summary>
    public int Waiting { get; set; }

    /// <summary>The position of the last registration.</summary>
    public long LastPosition { get; set; }

    /// <summary>Empty when it is for everyone.</summary>
    public required Guid[] ForGroups { get; set; }

    public DateTimeOffset RegistrationOpensAt { get; set; }

    public DateTimeOffset RegistrationClosesAt { get; set; }

    public DateTimeOffset? CancelledAt { get; set; }

    public string? CancelReason { get; set; }

    /// <summary>How often what stands in calendars was changed.</summary>
    public int Revision { get; set; }

    /// <summary>Null when that member of staff was deleted.</summary>
    public Guid? AuthorId { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Event>
    {
        public void Configure(EntityTypeBuilder<Event> e)
        {
            e.ToTable("events");
            e.Property(x => x.Id).ValueGeneratedNever();
            e.Property(x => x.Title).HasMaxLength(MaxTitleLength);
            e.Property(x => x.Text).HasMaxLength(MaxTextLength);
            e.Property(x => x.Place).HasMaxLength(MaxPlaceLength);
            e.Property(x => x.CancelReason).HasMaxLength(MaxReasonLength);
            e.HasIndex(x => new { x.StartsAt, x.Id }).HasDatabaseName("ix_events_starts");
            e.HasIndex(x => new { x.EndsAt, x.Id }).HasDatabaseName("ix_events_ends");
            e.HasIndex(x => x.ForGroups).HasMethod("gin").HasDatabaseName("ix_events_for_groups");
            e.HasIndex(x => x.AuthorId).HasFilter("author_id is not null").HasDatabaseName("ix_events_author");
        }
    }
}
