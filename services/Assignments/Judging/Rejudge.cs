using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.Tasks;

namespace ShTP.Assignments.Judging;

/// <summary>Submissions of a task that are judged again; open until it is applied or dropped.</summary>
internal sealed class Rejudge
{
    public required Guid Id { get; init; }

    public required Guid TaskId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? AppliedAt { get; set; }

    public DateTimeOffset? DroppedAt { get; set; }

    public V1.Rejudge ToProto() => new()
    {
        Uuid = Id.ToString(),
        CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
        TaskId = TaskId.ToString(),
        AppliedAt = AppliedAt is { } applied ? Timestamp.FromDateTimeOffset(applied) : null,
    };

    internal sealed class Configuration : IEntityTypeConfiguration<Rejudge>
    {
        public void Configure(EntityTypeBuilder<Rejudge> rejudge)
        {
            rejudge.ToTable("rejudges");
            rejudge.Property(r => r.Id).ValueGeneratedNever();
            rejudge.HasOne<ProgrammingTask>().WithMany().HasForeignKey(r => r.TaskId).OnDelete(DeleteBehavior.Cascade);
            rejudge.HasIndex(r => r.TaskId).IsUnique().HasFilter("applied_at IS NULL AND dropped_at IS NULL");
        }
    }
}

/// <summary>A submission in a rejudge, with its new result.</summary>
internal sealed class RejudgeItem
{
    public required Guid RejudgeId { get; init; }

    public required Guid SubmissionId { get; init; }

    public Guid? WorkId { get; init; }

    /// <summary>The result at the start of the rejudge.</summary>
    public bool SolvedBefore { get; init; }

    public short AcceptedBefore { get; init; }

    public bool Solved { get; set; }

    public short Accepted { get; set; }

    /// <summary>In the format of <see cref="TestResults"/>; null until it is judged, or when judging failed.</summary>
    public string? Results { get; set; }

    public string? Message { get; set; }

    public DateTimeOffset? JudgedAt { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<RejudgeItem>
    {
        public void Configure(EntityTypeBuilder<RejudgeItem> item)
        {
            item.ToTable("rejudge_items");
            item.HasKey(i => new { i.RejudgeId, i.SubmissionId });
            item.Property(i => i.Results).HasColumnType("jsonb");
            item.Property(i => i.Message).HasMaxLength(Submission.MaxMessageLength);
            item.HasOne<Rejudge>().WithMany().HasForeignKey(i => i.RejudgeId).OnDelete(DeleteBehavior.Cascade);
            item.HasOne<Submission>().WithMany().HasForeignKey(i => i.SubmissionId).OnDelete(DeleteBehavior.Cascade);
            item.HasOne<WorkItem>().WithMany().HasForeignKey(i => i.WorkId).OnDelete(DeleteBehavior.SetNull);
            item.HasIndex(i => i.SubmissionId);
            item.HasIndex(i => i.WorkId);
        }
    }
}
