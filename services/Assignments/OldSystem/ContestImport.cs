using Google.Protobuf.Collections;
using Microsoft.EntityFrameworkCore;
using ShTP.Assignments.Contests;
using ShTP.OldSystem;
using Task = System.Threading.Tasks.Task;

namespace ShTP.Assignments.OldSystem;

/// <summary>Imports contests.</summary>
internal sealed class ContestImport(AssignmentsDb db) : RowImport<V1.Contest, Contest>(db)
{
    private const string NoTitle = "—";

    protected override string UuidOf(V1.Contest row) => row.Uuid;

    protected override Contest Read(V1.Contest row, Guid id, RowNotes notes)
    {
        var tasks = ReadIds(row.Tasks, ContestEditing.MaxTasks, "tasks", notes);
        if (tasks.Length == 0)
            notes.Checks.Add("tasks", "a contest has at least one task");
        var mark5 = notes.Clamp(row.Mark5, 0, tasks.Length, "mark5");
        var mark4 = notes.Clamp(row.Mark4, 0, mark5, "mark4");
        return new Contest
        {
            Id = id,
            AuthorId = notes.Checks.Uuid(row.AuthorId, "author_id"),
            Title = notes.FitLine(row.Title, Contest.MaxTitleLength, "title", NoTitle),
            Description = notes.Fit(row.Description, Contest.MaxDescriptionLength, "description"),
            Deadline = row.Deadline is null ? null : notes.Time(row.Deadline, "deadline"),
            Tasks = tasks,
            ForGroups = ReadIds(row.ForGroups, ContestEditing.MaxGroups, "for_groups", notes),
            ForLearningClass = notes.Clamp(row.ForLearningClass, 0, ContestEditing.MaxClass, "for_learning_class"),
            Mark5 = mark5,
            Mark4 = mark4,
            Mark3 = notes.Clamp(row.Mark3, 0, mark4, "mark3"),
            CreatedAt = notes.Time(row.CreatedAt, "created_at"),
            UpdatedAt = notes.Time(row.UpdatedAt, "updated_at"),
        };
    }

    protected override async Task MatchAsync(IReadOnlyList<ImportRow<Contest>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        if (isDryRun)
            return;
        var wanted = rows.Where(row => row.IsNew).SelectMany(row => row.Wanted.Tasks).Distinct().ToList();
        var known = await db.Tasks.Where(t => wanted.Contains(t.Id)).Select(t => t.Id).ToHashSetAsync(cancellationToken);
        foreach (var row in rows.Where(row => row.IsNew))
        {
            foreach (var missing in row.Wanted.Tasks.Where(task => !known.Contains(task)))
                row.Notes.Checks.Add("tasks", $"there is no task {missing}");
        }
    }

    private static Guid[] ReadIds(RepeatedField<string> texts, int max, string field, RowNotes notes)
    {
        Guid[] ids = [.. texts.Select(text => notes.Checks.Uuid(text, field)).Distinct().Take(max)];
        if (ids.Length < texts.Count)
            notes.Change(field, $"{ids.Length} of {texts.Count} are kept: each once, and at most {max}");
        return ids;
    }
}
