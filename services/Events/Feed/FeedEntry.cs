using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Events.Feed;

/// <summary>An event of the feed, with the texts of the source.</summary>
internal sealed class FeedEntry
{
    public const int MaxTitleLength = 500;
    public const int MaxNameLength = 500;
    public const int MaxSeatsLength = 30;
    public const int MaxTimeLength = 40;

    /// <summary>The source's.</summary>
    public required int Id { get; init; }

    public required string Title { get; init; }

    public required string Organizer { get; init; }

    public required string Audience { get; init; }

    public required string SeatsPropotion { get; init; }

    public required string Date { get; init; }

    public required string StartTime { get; init; }

    public required string FinishTime { get; init; }

    /// <summary><see cref="Date"/>, to sort by.</summary>
    public required DateTimeOffset DateAt { get; init; }

    /// <summary>The classes of an olympiad; see <see cref="Olympiads"/>. 0 for other events.</summary>
    public required int OlympiadClasses { get; init; }

    public V1.FeedEvent ToProto() => new()
    {
        Id = Id,
        Title = Title,
        Organizer = Organizer,
        Audience = Audience,
        SeatsPropotion = SeatsPropotion,
        Date = Date,
        StartTime = StartTime,
        FinishTime = FinishTime,
    };

    internal sealed class Configuration : IEntityTypeConfiguration<FeedEntry>
    {
        public void Configure(EntityTypeBuilder<FeedEntry> entry)
        {
            entry.ToTable("feed_entries");
            entry.Property(e => e.Id).ValueGeneratedNever();
            entry.Property(e => e.Title).HasMaxLength(MaxTitleLength);
            entry.Property(e => e.Organizer).HasMaxLength(MaxNameLength);
            entry.Property(e => e.Audience).HasMaxLength(MaxNameLength);
            entry.Property(e => e.SeatsPropotion).HasMaxLength(MaxSeatsLength);
            entry.Property(e => e.Date).HasMaxLength(MaxTimeLength);
            entry.Property(e => e.StartTime).HasMaxLength(MaxTimeLength);
            entry.Property(e => e.FinishTime).HasMaxLength(MaxTimeLength);
            // A few hundred rows at most, so the classes need no index.
            entry.HasIndex(e => new { e.DateAt, e.Id });
        }
    }
}
