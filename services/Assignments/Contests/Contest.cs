using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Assignments.V1;

namespace ShTP.Assignments.Contests;

/// <summary>Tasks for groups of a class, with a deadline and marks.</summary>
internal sealed class Contest
{
    public const int MaxTitleLength = 200;
    public const int MaxDescriptionLength = 10_000;

    // A far deadline for contests without one, because the clients count the time down.
    private static readonly DateTimeOffset NoDeadline = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public required Guid Id { get; init; }

    /// <summary>May have been deleted since.</summary>
    public required Guid AuthorId { get; init; }

    public required string Title { get; set; }

    public required string Description { get; set; }

    public DateTimeOffset? Deadline { get; set; }

    /// <summary>In their order.</summary>
    public required Guid[] Tasks { get; set; }

    /// <summary>May have been deleted since.</summary>
    public required Guid[] ForGroups { get; set; }

    public required int ForLearningClass { get; set; }

    /// <summary>Number of solved tasks that a 5 needs.</summary>
    public required int Mark5 { get; set; }

    public required int Mark4 { get; set; }

    public required int Mark3 { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Since when it is not listed and takes nothing; null while it does.</summary>
    public DateTimeOffset? ArchivedAt { get; set; }

    public int MarkOf(int solved) => solved >= Mark5 ? 5 : solved >= Mark4 ? 4 : solved >= Mark3 ? 3 : 2;

    public V1.Contest ToProto() => new()
    {
        Uuid = Id.ToString(),
        CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
        UpdatedAt = Timestamp.FromDateTimeOffset(UpdatedAt),
        AuthorId = AuthorId.ToString(),
        Title = Title,
        Description = Description,
        Deadline = Deadline is { } deadline ? Timestamp.FromDateTimeOffset(deadline) : null,
        Tasks = { Tasks.Select(id => id.ToString()) },
        ForGroups = { ForGroups.Select(id => id.ToString()) },
        ForLearningClass = ForLearningClass,
        Mark5 = Mark5,
        Mark4 = Mark4,
        Mark3 = Mark3,
        ArchivedAt = ArchivedAt is { } archived ? Timestamp.FromDateTimeOffset(archived) : null,
    };

    public ContestDetails ToDetails(IEnumerable<TaskTitle> titles) => new()
    {
        Uuid = Id.ToString(),
        CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
        UpdatedAt = Timestamp.FromDateTimeOffset(UpdatedAt),
        AuthorId = AuthorId.ToString(),
        Title = Title,
        Description = Description,
        Deadline = Deadline is { } deadline ? Timestamp.FromDateTimeOffset(deadline) : null,
        Tasks = { titles },
        ForGroups = { ForGroups.Select(id => id.ToString()) },
        ForLearningClass = ForLearningClass,
        Mark5 = Mark5,
        Mark4 = Mark4,
        Mark3 = Mark3,
    };

    public AvailableContest ToAvailable(int solved) => new()
    {
        Uuid = Id.ToString(),
        CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
        UpdatedAt = Timestamp.FromDateTimeOffset(UpdatedAt),
        AuthorId = AuthorId.ToString(),
        Title = Title,
        Description = Description,
        Deadline = Timestamp.FromDateTimeOffset(Deadline ?? NoDeadline),
        Tasks = { Tasks.Select(id => id.ToString()) },
        ForGroups = { ForGroups.Select(id => id.ToString()) },
        ForLearningClass = ForLearningClass,
        SolvedPercentage = 100.0 * solved / Tasks.Length,
    };

    internal sealed class Configuration : IEntityTypeConfiguration<Contest>
    {
        public void Configure(EntityTypeBuilder<Contest> contest)
        {
            contest.ToTable("contests");
            contest.Property(c => c.Id).ValueGeneratedNever();
            contest.Property(c => c.Title).HasMaxLength(MaxTitleLength);
            contest.Property(c => c.Description).HasMaxLength(MaxDescriptionLength);
            contest.HasIndex(c => new { c.UpdatedAt, c.Id }).IsDescending();
            contest.HasIndex(c => new { c.ForLearningClass, c.UpdatedAt, c.Id }).IsDescending(false, true, true);
        }
    }
}
