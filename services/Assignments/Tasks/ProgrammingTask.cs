using System.Linq.Expressions;
using Google.Protobuf.WellKnownTypes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ShTP.Functions;

namespace ShTP.Assignments.Tasks;

/// <summary>A programming task with its limits and tests.</summary>
/// <remarks>Not <c>Task</c>, which is a type of .NET.</remarks>
internal sealed class ProgrammingTask
{
    public const int MaxTitleLength = 200;

    public required Guid Id { get; init; }

    /// <summary>May have been deleted since.</summary>
    public required Guid AuthorId { get; init; }

    public required string Title { get; set; }

    /// <summary>Cleaned by <see cref="TaskHtml"/>.</summary>
    public required string Text { get; set; }

    /// <summary>Seconds of processor time for each test.</summary>
    public required int TimeLimit { get; set; }

    /// <summary>MiB.</summary>
    public required int MemoryLimit { get; set; }

    /// <summary>Whether it is the challenge of the day: one at most.</summary>
    public bool DayChallenge { get; set; }

    /// <summary>Since when it is, or was last; null when it never was, or that is unknown.</summary>
    public DateTimeOffset? ChallengeSince { get; set; }

    /// <summary>In their order.</summary>
    public List<TestCase> Tests { get; set; } = [];

    /// <summary>The function that is called by the tests; null when the whole program is run.</summary>
    public string? FunctionName { get; set; }

    public string[] InputTypes { get; set; } = [];

    public string[] OutputTypes { get; set; } = [];

    /// <summary>How printed output is compared.</summary>
    public V1.AnswerChecker Checker { get; set; }

    /// <summary>Tolerance of fractional numbers, absolute or relative.</summary>
    public double Tolerance { get; set; } = FunctionValues.DefaultTolerance;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Since when it is not listed and cannot be chosen; null while it can.</summary>
    public DateTimeOffset? ArchivedAt { get; set; }

    /// <summary>For lists, which do not need the tests.</summary>
    internal static readonly Expression<Func<ProgrammingTask, ProgrammingTask>> WithoutTests = t => new ProgrammingTask
    {
        Id = t.Id,
        AuthorId = t.AuthorId,
        Title = t.Title,
        Text = t.Text,
        TimeLimit = t.TimeLimit,
        MemoryLimit = t.MemoryLimit,
        DayChallenge = t.DayChallenge,
        FunctionName = t.FunctionName,
        InputTypes = t.InputTypes,
        OutputTypes = t.OutputTypes,
        Checker = t.Checker,
        Tolerance = t.Tolerance,
        CreatedAt = t.CreatedAt,
        UpdatedAt = t.UpdatedAt,
        ArchivedAt = t.ArchivedAt,
    };

    /// <summary>Converts the task for staff or for students.</summary>
    public V1.Task ToProto(bool withAllTests)
    {
        var task = new V1.Task
        {
            CreatedAt = Timestamp.FromDateTimeOffset(CreatedAt),
            UpdatedAt = Timestamp.FromDateTimeOffset(UpdatedAt),
            Uuid = Id.ToString(),
            AuthorId = AuthorId.ToString(),
            Title = Title,
            Text = Text,
            TimeLimit = TimeLimit,
            MemoryLimit = MemoryLimit,
            DayChallenge = DayChallenge,
            Checker = Checker,
            Tolerance = Tolerance,
            ArchivedAt = ArchivedAt is { } archived ? Timestamp.FromDateTimeOffset(archived) : null,
            Tests = { Tests.Where(test => withAllTests || test.Demo == true).Select(test => test.ToProto()) },
        };
        if (FunctionName is not null)
        {
            task.FunctionName = FunctionName;
            task.TestsTypes = new V1.TestsTypes { Input = { InputTypes }, Output = { OutputTypes } };
        }

        return task;
    }

    internal sealed class Configuration : IEntityTypeConfiguration<ProgrammingTask>
    {
        public void Configure(EntityTypeBuilder<ProgrammingTask> task)
        {
            task.ToTable("tasks");
            task.Property(t => t.Id).ValueGeneratedNever();
            task.Property(t => t.Title).HasMaxLength(MaxTitleLength);
            task.Property(t => t.Text).HasMaxLength(TaskHtml.MaxLength);
            task.Property(t => t.FunctionName).HasMaxLength(ShTP.Functions.FunctionName.MaxLength);
            task.Property(t => t.Checker).HasColumnType("smallint").HasDefaultValue(V1.AnswerChecker.Tokens);
            task.Property(t => t.Tolerance).HasDefaultValue(FunctionValues.DefaultTolerance);
            task.OwnsMany(t => t.Tests, tests => tests.ToJson());
            task.HasIndex(t => new { t.CreatedAt, t.Id }).IsDescending();
            task.HasIndex(t => t.DayChallenge).IsUnique().HasFilter("day_challenge");
        }
    }
}

/// <summary>A test of a task.</summary>
internal sealed class TestCase
{
    public required string Input { get; init; }

    public required string Output { get; init; }

    /// <summary>Whether students can see it; null when not set.</summary>
    public bool? Demo { get; init; }

    public V1.TaskTest ToProto()
    {
        var test = new V1.TaskTest { Input = Input, Output = Output };
        if (Demo is { } demo)
            test.Demo = demo;
        return test;
    }
}
