using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Events.Feed;

/// <summary>The state of the feed, in one row for all replicas.</summary>
internal sealed class FeedState
{
    public const int OnlyId = 1;
    public const int MaxFaultLength = 500;

    public required int Id { get; init; }

    /// <summary>When the next fetch is due. The replica that updates it does the fetch.</summary>
    public DateTimeOffset NextFetchAt { get; set; }

    /// <summary>When the feed was last replaced; null before.</summary>
    public DateTimeOffset? FetchedAt { get; set; }

    /// <summary>Start of the current series of failures; null after a success.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>The error of the last fetch.</summary>
    public string? Fault { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<FeedState>
    {
        public void Configure(EntityTypeBuilder<FeedState> state)
        {
            state.ToTable("feed_state");
            state.Property(s => s.Id).ValueGeneratedNever();
            state.Property(s => s.Fault).HasMaxLength(MaxFaultLength);
            state.HasData(new FeedState { Id = OnlyId, NextFetchAt = DateTimeOffset.UnixEpoch });
        }
    }
}
