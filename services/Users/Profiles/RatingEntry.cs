using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ShTP.Users.Profiles;

/// <summary>One change of a user's rating, immutable. The rating is the sum of the entries.</summary>
internal sealed class RatingEntry
{
    public const int MaxReasonLength = 200;
    public const int MaxSourceLength = 100;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required int Points { get; init; }

    /// <summary>Reason, as text for the user.</summary>
    public required string Reason { get; init; }

    /// <summary>The member of staff; null for the system. The account may have been deleted since.</summary>
    public Guid? AuthorId { get; init; }

    /// <summary>What it is for, such as "achievement:{uuid}"; null for an edit by staff.</summary>
    public string? Source { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public V1.RatingEntry ToProto()
    {
        var entry = new V1.RatingEntry
        {
            Uuid = Id.ToString(),
            CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
            Points = Points,
            Reason = Reason,
        };
        if (AuthorId is { } author)
            entry.AuthorId = author.ToString();
        return entry;
    }

    internal sealed class Configuration : IEntityTypeConfiguration<RatingEntry>
    {
        public void Configure(EntityTypeBuilder<RatingEntry> entry)
        {
            entry.ToTable("rating_entries");
            entry.Property(e => e.Id).ValueGeneratedNever();
            entry.Property(e => e.Reason).HasMaxLength(MaxReasonLength);
            entry.Property(e => e.Source).HasMaxLength(MaxSourceLength);
            entry.HasOne<User>().WithMany().HasForeignKey(e => e.UserId).OnDelete(DeleteBehavior.Cascade);
            entry.HasIndex(e => new { e.UserId, e.CreatedAt, e.Id }).IsDescending(false, true, true);
        }
    }
}
