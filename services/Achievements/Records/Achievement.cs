using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Achievements.V1;
using ShTP.Rpc.Access;

namespace ShTP.Achievements.Records;

/// <summary>An achievement of a student, and its moderation.</summary>
internal sealed class Achievement
{
    public const int MaxTitleLength = 500;
    public const int MaxDescriptionLength = 5000;
    public const int MaxReasonLength = 500;
    public const int MaxPoints = 1000;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required EventType EventType { get; set; }

    public required string Title { get; set; }

    public required string Description { get; set; }

    /// <summary>The proof, in Files.</summary>
    public required Guid FileId { get; set; }

    /// <summary>Its name under /storage/achievements/.</summary>
    public required string FileName { get; set; }

    /// <summary>The file name that the student sent.</summary>
    public required string OriginalName { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public AchievementStatus Status { get; set; }

    /// <summary>Points on acceptance; kept when it is reversed.</summary>
    public int? Points { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Null before a decision, or when that member of staff was deleted.</summary>
    public Guid? DecidedBy { get; set; }

    /// <summary>Why it was rejected or reversed.</summary>
    public string? Reason { get; set; }

    /// <summary>It was accepted and later reversed.</summary>
    public bool IsReversed { get; set; }

    /// <summary>Makes it pending again.</summary>
    public void Reopen() => (Status, Points, DecidedAt, DecidedBy, Reason, IsReversed) = (AchievementStatus.Pending, null, null, null, null, false);

    public V1.Achievement ToProto(SignedNames links)
    {
        var achievement = new V1.Achievement
        {
            Uuid = Id.ToString(),
            EventType = EventType,
            Title = Title,
            Description = Description,
            AttachmentName = links.Sign(Attachments.Folder, FileName),
            CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
            Status = Status,
        };
        if (Reason is not null)
            achievement.Reason = Reason;
        if (Status != AchievementStatus.Accepted)
            return achievement;
        achievement.Points = Points!.Value;
        achievement.AcceptedAt = achievement.AcceptedAtAgain = Timestamp.FromDateTimeOffset(DecidedAt!.Value);
        if (DecidedBy is { } moderator)
            achievement.AcceptedBy = achievement.AcceptedByAgain = moderator.ToString();
        return achievement;
    }

    internal sealed class Configuration : IEntityTypeConfiguration<Achievement>
    {
        public void Configure(EntityTypeBuilder<Achievement> achievement)
        {
            achievement.ToTable("achievements");
            achievement.Property(a => a.Id).ValueGeneratedNever();
            achievement.Property(a => a.EventType).HasConversion<short>();
            achievement.Property(a => a.Status).HasConversion<short>();
            achievement.Property(a => a.Title).HasMaxLength(MaxTitleLength);
            achievement.Property(a => a.Description).HasMaxLength(MaxDescriptionLength);
            achievement.Property(a => a.FileName).HasMaxLength(80);
            achievement.Property(a => a.OriginalName).HasMaxLength(255);
            achievement.Property(a => a.Reason).HasMaxLength(MaxReasonLength);
            achievement.HasIndex(a => new { a.UserId, a.Status, a.CreatedAt, a.Id }).IsDescending(false, false, true, true);
            achievement.HasIndex(a => new { a.CreatedAt, a.Id }).HasDatabaseName("ix_achievements_queue").IsDescending(true, true).HasFilter("status = 0");
            // Removes a deleted member of staff.
            achievement.HasIndex(a => a.DecidedBy).HasFilter("decided_by is not null");
        }
    }
}
