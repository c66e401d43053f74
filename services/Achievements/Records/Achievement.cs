using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Achievements.V1;
using ShTP.Api.V1;
using ShTP.Localization;
using ShTP.Rpc.Access;

namespace ShTP.Achievements.Records;

/// <summary>An achievement of a student, and its moderation.</summary>
internal sealed class Achievement
{
    public const int MaxTitleLength = 500;
    public const int MaxDescriptionLength = 5000;
    public const int MaxReasonLength = 500;
    public const int MaxPoints = 1000;
    public const int FirstVersion = 1;

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

    /// <summary>How often it was accepted, rejected or reversed: each time its student is notified once.</summary>
    public int Decisions { get; private set; }

    /// <summary>Notes who decides and when.</summary>
    public void Decide(Guid moderator, DateTimeOffset now) => (DecidedBy, DecidedAt, Decisions) = (moderator, now, Decisions + 1);

    /// <summary>The version in which the kind of event changed last.</summary>
    public int ChangedInEventType { get; private set; } = FirstVersion;

    public int ChangedInTitle { get; private set; } = FirstVersion;

    public int ChangedInDescription { get; private set; } = FirstVersion;

    public int ChangedInFile { get; private set; } = FirstVersion;

    /// <summary>The version in which it was submitted again after a decision.</summary>
    public int ChangedInStatus { get; private set; } = FirstVersion;

    /// <summary>Counts what a moderator must know of: changes of the content, and submissions after a decision. Begins with 1.</summary>
    public int Version => new[] { ChangedInEventType, ChangedInTitle, ChangedInDescription, ChangedInFile, ChangedInStatus }.Max();

    /// <summary>What changed after a version, with the fields as the contract names them.</summary>
    public IReadOnlyCollection<(string Field, LocalizedText Detail)> ChangesAfter(int version)
    {
        (int Version, string Field, LocalizedText Detail)[] parts =
        [
            (ChangedInEventType, "eventType", "another kind of event"),
            (ChangedInTitle, "title", "another title"),
            (ChangedInDescription, "description", "another description"),
            (ChangedInFile, "attachmentName", "another proof"),
            (ChangedInStatus, "status", "submitted again after a decision"),
        ];
        return [.. parts.Where(part => part.Version > version).Select(part => (part.Field, part.Detail))];
    }

    /// <summary>Applies the student's changes and makes it pending again. When a moderator has something new to see, this is the next version.</summary>
    public void Revise(AchievementText text, UploadedFile? file)
    {
        var next = Version + 1;
        if (text.HasEventType && text.EventType != EventType)
            (EventType, ChangedInEventType) = (text.EventType, next);
        if (text.HasTitle && text.Title != Title)
            (Title, ChangedInTitle) = (text.Title, next);
        if (text.HasDescription && text.Description != Description)
            (Description, ChangedInDescription) = (text.Description, next);
        if (file is not null)
            Replace(file, next);
        if (Status != AchievementStatus.Pending)
            Reopen(next);
    }

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
            Version = Version,
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

    // The name of a file is made from its content: the same proof once more is nothing new.
    private void Replace(UploadedFile file, int version)
    {
        if (file.Name != FileName)
            ChangedInFile = version;
        (FileId, FileName, OriginalName) = (Guid.ParseExact(file.FileId, "D"), file.Name, file.OriginalName);
    }

    private void Reopen(int version)
    {
        ChangedInStatus = version;
        (Status, Points, DecidedAt, DecidedBy, Reason, IsReversed) = (AchievementStatus.Pending, null, null, null, null, false);
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
            achievement.Property(a => a.ChangedInEventType).HasDefaultValue(FirstVersion);
            achievement.Property(a => a.ChangedInTitle).HasDefaultValue(FirstVersion);
            achievement.Property(a => a.ChangedInDescription).HasDefaultValue(FirstVersion);
            achievement.Property(a => a.ChangedInFile).HasDefaultValue(FirstVersion);
            achievement.Property(a => a.ChangedInStatus).HasDefaultValue(FirstVersion);
            achievement.Property(a => a.Decisions).HasDefaultValue(0);
            achievement.HasIndex(a => new { a.UserId, a.Status, a.CreatedAt, a.Id }).IsDescending(false, false, true, true);
            achievement.HasIndex(a => new { a.CreatedAt, a.Id }).HasDatabaseName("ix_achievements_queue").IsDescending(true, true).HasFilter("status = 0");
            // Removes a deleted member of staff.
            achievement.HasIndex(a => a.DecidedBy).HasFilter("decided_by is not null");
        }
    }
}
