using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Contests;
using ShTP.Assignments.Judging;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.Tasks;
using ShTP.Data.Audit;
using ShTP.Data.Idempotency;
using ShTP.Data.Outbox;

namespace ShTP.Assignments;

/// <summary>Tasks, contests, submissions and the judging queue.</summary>
/// <remarks>A new migration: <c>dotnet ef migrations add Name --project services/Assignments</c>.</remarks>
internal sealed class AssignmentsDb(DbContextOptions<AssignmentsDb> options) : DbContext(options)
{
    public DbSet<ProgrammingTask> Tasks => Set<ProgrammingTask>();

    public DbSet<Contest> Contests => Set<Contest>();

    public DbSet<Submission> Submissions => Set<Submission>();

    public DbSet<WorkItem> Work => Set<WorkItem>();

    public DbSet<Rejudge> Rejudges => Set<Rejudge>();

    public DbSet<RejudgeItem> RejudgeItems => Set<RejudgeItem>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AssignmentsDb).Assembly);
        modelBuilder.AddOutboxAndInbox();
        modelBuilder.AddAudit();
        modelBuilder.AddRecordedCalls();
    }
}
