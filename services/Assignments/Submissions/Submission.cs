using System.Linq.Expressions;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Assignments.Tasks;

namespace ShTP.Assignments.Submissions;

/// <summary>State of a submission, with the numbers of the contract.</summary>
internal enum SubmissionStatus : short
{
    Queued = 0,
    Checking = 1,
    Checked = 2,

    /// <summary>Rejected by staff: it never counts as solved.</summary>
    Rejected = 3,
}

/// <summary>A student's solution of a task.</summary>
internal sealed class Submission
{
    public const int MaxFileNameLength = 100;
    public const int MaxRepositoryLength = 300;
    public const int MaxCommitLength = 64;
    public const int MaxMessageLength = 4096;

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>The contest it was submitted for. It may have been deleted since.</summary>
    public Guid? ContestId { get; init; }

    /// <summary>Index of its task in the contest, from 0.</summary>
    public short Place { get; init; }

    public required V1.Language Language { get; init; }

    /// <summary>Name in Files, or the name that the checker looks for in a repository.</summary>
    public required string FileName { get; init; }

    /// <summary>The source; for a repository the file that was judged, null until then.</summary>
    public string? Source { get; set; }

    /// <summary>The link of the repository.</summary>
    public string? Repository { get; init; }

    /// <summary>The commit of the repository that was judged.</summary>
    public string? CommitId { get; set; }

    public SubmissionStatus Status { get; set; }

    public bool Solved { get; set; }

    /// <summary>How many tests were accepted.</summary>
    public short Accepted { get; set; }

    /// <summary>In the format of <see cref="TestResults"/>; null until it is checked.</summary>
    public string? Results { get; set; }

    /// <summary>Output of the compiler, or the reason why nothing was judged.</summary>
    public string? Message { get; set; }

    /// <summary>Whether <see cref="Message"/> and the errors of <see cref="Results"/> are still there: after a time they are removed.</summary>
    public bool OutputsKept { get; init; } = true;

    /// <summary>Its work in the queue, also after judging; null when that is no longer kept.</summary>
    public Guid? WorkId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>For lists, which do not need the source.</summary>
    internal static readonly Expression<Func<Submission, Submission>> WithoutSource = s => new Submission
    {
        Id = s.Id,
        UserId = s.UserId,
        TaskId = s.TaskId,
        ContestId = s.ContestId,
        Place = s.Place,
        Language = s.Language,
        FileName = s.FileName,
        Repository = s.Repository,
        CommitId = s.CommitId,
        Status = s.Status,
        Solved = s.Solved,
        Accepted = s.Accepted,
        Results = s.Results,
        Message = s.Message,
        WorkId = s.WorkId,
        CreatedAt = s.CreatedAt,
        UpdatedAt = s.UpdatedAt,
    };

    /// <summary>Leaves of hidden tests what their user may see.</summary>
    public void HideTests()
    {
        if (Results is not null)
            (Results, UpdatedAt) = (JsonFormatter.Default.Format(TestResults.ReadForStudent(Results)), WholeSecond(UpdatedAt));
    }

    /// <param name="source">The field <c>source</c>.</param>
    /// <param name="withHiddenTests">All that is known of hidden tests, and not only their verdicts.</param>
    public V1.Submit ToProto(string source, bool withHiddenTests)
    {
        var submit = new V1.Submit
        {
            CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
            UpdatedAt = Timestamp.FromDateTimeOffset(withHiddenTests || Results is null ? UpdatedAt : WholeSecond(UpdatedAt)),
            Uuid = Id.ToString(),
            UserId = UserId.ToString(),
            Status = (int)Status,
            TaskId = TaskId.ToString(),
            Source = source,
            Solved = Solved,
            TestsResults = Results is null ? null : withHiddenTests ? TestResults.Read(Results) : TestResults.ReadForStudent(Results),
        };
        if (ContestId is { } contest)
            submit.ReferedContest = contest.ToString();
        if (CommitId is not null)
            submit.GitCommitId = CommitId;
        if (Message is not null)
            submit.Message = Message;
        return submit;
    }

    // How long judging took is up to the program, too.
    private static DateTimeOffset WholeSecond(DateTimeOffset time) =>
        new((time.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    internal sealed class Configuration : IEntityTypeConfiguration<Submission>
    {
        public void Configure(EntityTypeBuilder<Submission> submission)
        {
            submission.ToTable("submissions");
            submission.Property(s => s.Id).ValueGeneratedNever();
            submission.Property(s => s.Language).HasConversion<short>();
            submission.Property(s => s.FileName).HasMaxLength(MaxFileNameLength);
            submission.Property(s => s.Repository).HasMaxLength(MaxRepositoryLength);
            submission.Property(s => s.CommitId).HasMaxLength(MaxCommitLength);
            submission.Property(s => s.Results).HasColumnType("jsonb");
            submission.Property(s => s.Message).HasMaxLength(MaxMessageLength);
            submission.HasOne<ProgrammingTask>().WithMany().HasForeignKey(s => s.TaskId).OnDelete(DeleteBehavior.Restrict);
            submission.HasIndex(s => new { s.UserId, s.TaskId, s.CreatedAt, s.Id }).IsDescending(false, false, true, true);
            submission.HasIndex(s => new { s.UserId, s.ContestId, s.TaskId, s.CreatedAt, s.Id }).IsDescending(false, false, false, true, true).HasFilter("contest_id IS NOT NULL");
            submission.HasIndex(s => new { s.TaskId, s.CreatedAt, s.Id }, "ix_submissions_task").HasDatabaseName("ix_submissions_task");
            submission.HasIndex(s => new { s.TaskId, s.CreatedAt, s.Id }, "ix_submissions_solvers").HasDatabaseName("ix_submissions_solvers").HasFilter("solved");
            submission.HasIndex(s => new { s.ContestId, s.UserId, s.TaskId }).HasFilter("solved AND contest_id IS NOT NULL");
            submission.HasIndex(s => s.WorkId);
            submission.Property(s => s.OutputsKept).HasDefaultValue(true).HasSentinel(true);
            submission.HasIndex(s => s.UpdatedAt).HasFilter("outputs_kept");
        }
    }
}
