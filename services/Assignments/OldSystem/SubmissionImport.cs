using System.Text;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Contests;
using ShTP.Assignments.Submissions;
using ShTP.Assignments.Tasks;
using ShTP.Assignments.V1;
using ShTP.Rpc.Errors;
using ShTP.OldSystem;
using Enum = System.Enum;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.OldSystem;

/// <summary>Imports submissions with their results, without judging them.</summary>
internal sealed class SubmissionImport(AssignmentsDb db, IReadOnlyList<string> hosts) : RowImport<ImportedSubmission, Submission>(db)
{
    private const int MaxResults = 1000;
    private const int MaxErrorLength = 300;

    protected override string UuidOf(ImportedSubmission row) => row.Uuid;

    protected override Submission Read(ImportedSubmission row, Guid id, RowNotes notes)
    {
        if (!Enum.IsDefined(row.Language))
            notes.Checks.Add("language", "must be py or cpp");
        if (row.Results.Count > MaxResults)
            notes.Checks.Add("tests_results", $"must be at most {MaxResults}");
        if (row.Results.Any(result => !Enum.IsDefined(result.Verdict) || result.Duration < 0 || result.Memory < 0 || result.Error.Length > MaxErrorLength))
            notes.Checks.Add("tests_results", $"must have known verdicts, no negative numbers and errors of at most {MaxErrorLength} characters");
        return new Submission
        {
            Id = id,
            UserId = notes.Checks.Uuid(row.UserId, "user_id"),
            TaskId = notes.Checks.Uuid(row.TaskId, "task_id"),
            ContestId = row.HasContestId ? notes.Checks.Uuid(row.ContestId, "refered_contest") : null,
            Language = row.Language,
            FileName = notes.FitLine(row.FileName, Submission.MaxFileNameLength, "source", "source"),
            Source = ReadSource(row, notes),
            Repository = ReadRepository(row, notes),
            CommitId = row.HasCommitId ? notes.FitLine(row.CommitId, Submission.MaxCommitLength, "git_commit_id") : null,
            Status = row.Rejected ? SubmissionStatus.Rejected : SubmissionStatus.Checked,
            Solved = row.Solved && !row.Rejected,
            Accepted = (short)row.Results.Count(result => result.Verdict == Verdict.Accepted),
            Results = row.HasResults ? TestResults.Write(row.Results) : null,
            Message = row.HasMessage ? notes.Fit(row.Message, Submission.MaxMessageLength, "message") : null,
            CreatedAt = notes.Time(row.CreatedAt, "created_at"),
            UpdatedAt = notes.Time(row.UpdatedAt, "updated_at"),
        };
    }

    protected override async Task MatchAsync(IReadOnlyList<ImportRow<Submission>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        if (isDryRun)
            return;
        var wanted = rows.Where(row => row.IsNew).Select(row => row.Wanted.TaskId).Distinct().ToList();
        var known = await db.Tasks.Where(t => wanted.Contains(t.Id)).Select(t => t.Id).ToHashSetAsync(cancellationToken);
        foreach (var row in rows.Where(row => row.IsNew && !known.Contains(row.Wanted.TaskId)))
            row.Notes.Checks.Add("task_id", $"there is no task {row.Wanted.TaskId}");
    }

    private static string? ReadSource(ImportedSubmission row, RowNotes notes)
    {
        if (!row.HasSource)
            return null;
        if (Encoding.UTF8.GetByteCount(row.Source) <= SourceFile.MaxBytes)
            return TestResults.Printable(row.Source);
        notes.Change("source", $"not kept: a program has at most {SourceFile.MaxBytes} bytes");
        return null;
    }

    // Clients show it as a link.
    private string? ReadRepository(ImportedSubmission row, RowNotes notes)
    {
        if (!row.HasRepository)
            return null;
        var checks = new FieldChecks();
        var link = RepositoryLink.Check(checks, row.Repository, hosts, "source");
        if (checks.Faults is null)
            return link;
        notes.Drop("source", row.Repository, checks.Faults);
        return null;
    }
}
