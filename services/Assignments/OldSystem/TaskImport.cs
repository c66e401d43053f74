using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Tasks;
using ShTP.Rpc.Errors;
using ShTP.OldSystem;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.OldSystem;

/// <summary>Imports tasks.</summary>
internal sealed class TaskImport(AssignmentsDb db) : RowImport<V1.Task, ProgrammingTask>(db)
{
    private const string NoTitle = "—";

    protected override string UuidOf(V1.Task row) => row.Uuid;

    protected override ProgrammingTask Read(V1.Task row, Guid id, RowNotes notes)
    {
        var request = new V1.CreateTaskRequest
        {
            Title = notes.FitLine(row.Title, ProgrammingTask.MaxTitleLength, "title", NoTitle),
            Text = ReadText(row.Text, notes),
            TimeLimit = notes.Clamp(row.TimeLimit, 1, TaskDraft.MaxSeconds, "time_limit"),
            MemoryLimit = notes.Clamp(row.MemoryLimit, TaskDraft.MinMemory, TaskDraft.MaxMemory, "memory_limit"),
            Tests = { row.Tests },
        };
        SetFunction(request, row, notes);
        var author = notes.Checks.Uuid(row.AuthorId, "author_id");
        var draft = TaskDraft.Read(notes.Checks, request);
        var task = new ProgrammingTask
        {
            Id = id,
            AuthorId = author,
            Title = draft.Title,
            Text = draft.Text,
            TimeLimit = draft.TimeLimit,
            MemoryLimit = draft.MemoryLimit,
            DayChallenge = row.DayChallenge,
            CreatedAt = notes.Time(row.CreatedAt, "created_at"),
            UpdatedAt = notes.Time(row.UpdatedAt, "updated_at"),
        };
        draft.WriteTo(task);
        return task;
    }

    protected override async Task MatchAsync(IReadOnlyList<ImportRow<ProgrammingTask>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        await db.LockTasksAsync(cancellationToken);
        LimitNew(rows, TaskEditing.MaxTasks, await db.Tasks.CountAsync(t => t.ArchivedAt == null, cancellationToken), "task");
        var challenge = await db.Tasks.Where(t => t.DayChallenge).Select(t => (Guid?)t.Id).SingleOrDefaultAsync(cancellationToken);
        foreach (var row in rows.Where(row => !row.IsRefused && row.Wanted.DayChallenge))
        {
            challenge ??= row.Id;
            if (challenge == row.Id)
                continue;
            row.Wanted.DayChallenge = false;
            row.Notes.Change("day_challenge", $"no, since {challenge} is the challenge");
        }
    }

    protected override IEnumerable<string> FindMore(ProgrammingTask stored, ProgrammingTask wanted) =>
        stored.Tests.Select(test => test.ToProto()).SequenceEqual(wanted.Tests.Select(test => test.ToProto())) ? [] : ["tests"];

    private static string ReadText(string html, RowNotes notes)
    {
        var (text, refused) = TaskHtml.Html.Read(html);
        foreach (var refusal in refused)
        {
            if (text is null)
                notes.Checks.Add("text", refusal.What);
            else
                notes.Change("text", $"{refusal.What}; taken out");
        }

        return text ?? "";
    }

    private static void SetFunction(V1.CreateTaskRequest request, V1.Task row, RowNotes notes)
    {
        if (!FunctionMode.IsOn(row.FunctionName, row.TestsTypes))
            return;
        var checks = new FieldChecks();
        FunctionMode.Check(checks, row.FunctionName, row.TestsTypes, row.Tests);
        if (checks.Faults is null)
            (request.FunctionName, request.TestsTypes) = (row.FunctionName, row.TestsTypes);
        else
            notes.Drop("function_name", row.FunctionName, checks.Faults);
    }
}
