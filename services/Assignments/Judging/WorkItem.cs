using ShTP.Assignments.Submissions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Assignments.V1;

namespace ShTP.Assignments.Judging;

/// <summary>State of a work.</summary>
internal enum WorkState : short
{
    Queued = 0,

    /// <summary>A checker holds it while the lease is valid.</summary>
    Leased = 1,

    Done = 2,
}

/// <summary>
/// The unit of work of a checker: a submission, all submissions of a repository, or a submission that is judged again.
/// The queue is ordered by priority, turn and sequence; <see cref="WorkQueue"/> describes why this is fair.
/// </summary>
internal sealed class WorkItem
{
    public const short Live = 0;

    /// <summary>Priority of rejudging, behind all new submissions.</summary>
    public const short Later = 1;

    public const int MaxCheckerLength = 100;

    public required Guid Id { get; init; }

    /// <summary>Assigned by the database, in the order of arrival.</summary>
    public long Sequence { get; init; }

    public required Guid UserId { get; init; }

    public required Language Language { get; init; }

    public short Priority { get; init; }

    public long Turn { get; init; }

    public WorkState State { get; set; }

    /// <summary>The current lease, or the one that completed it.</summary>
    public Guid? LeaseId { get; set; }

    public string? Checker { get; set; }

    public DateTimeOffset? LeaseExpiresAt { get; set; }

    /// <summary>Number of tests of each submission when the work was taken, in order. The task may change afterwards.</summary>
    public int[] TestCounts { get; set; } = [];

    /// <summary>Number of expired leases.</summary>
    public short Losses { get; set; }

    /// <summary>Number of returns.</summary>
    public short Returns { get; set; }

    public Guid? RejudgeId { get; init; }

    public DateTimeOffset QueuedAt { get; init; }

    public DateTimeOffset? TakenAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<WorkItem>
    {
        public void Configure(EntityTypeBuilder<WorkItem> work)
        {
            work.ToTable("work");
            work.Property(w => w.Id).ValueGeneratedNever();
            work.Property(w => w.Sequence).UseIdentityAlwaysColumn();
            work.Property(w => w.Language).HasConversion<short>();
            work.Property(w => w.State).HasConversion<short>();
            work.Property(w => w.Checker).HasMaxLength(MaxCheckerLength);
            work.HasMany<Submission>().WithOne().HasForeignKey(s => s.WorkId).OnDelete(DeleteBehavior.SetNull);
            work.HasOne<Rejudge>().WithMany().HasForeignKey(w => w.RejudgeId).OnDelete(DeleteBehavior.Cascade);
            work.HasIndex(w => new { w.Priority, w.Turn, w.Sequence }).HasFilter("state = 0");
            work.HasIndex(w => w.LeaseExpiresAt).HasFilter("state = 1");
            work.HasIndex(w => w.LeaseId).IsUnique().HasFilter("lease_id IS NOT NULL");
            work.HasIndex(w => new { w.UserId, w.Turn }).HasFilter("state < 2");
            work.HasIndex(w => w.UserId);
            work.HasIndex(w => w.FinishedAt).IsDescending().HasFilter("state = 2");
            work.HasIndex(w => w.RejudgeId).HasFilter("rejudge_id IS NOT NULL");
        }
    }
}
