using ShTP.Api.V1;
using ShTP.Assignments.V1;
using ShTP.Import.OldDatabase;

namespace ShTP.Import.Moves;

/// <summary>Contests.</summary>
internal sealed class ContestMove(Run run) : TableMove<Contest>(run, OldTables.Contests)
{
    protected override Contest Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        return new Contest
        {
            Uuid = row.Id.ToString(),
            AuthorId = Authors.Read(row),
            Title = row.Text("title"),
            Description = row.Text("description"),
            Deadline = row.TimeOrNull("deadline"),
            Tasks = { ReadKnown(row, "tasks", OldTables.Tasks, Run.Tasks) },
            ForGroups = { ReadKnown(row, "for_groups", OldTables.Groups, Run.Groups) },
            ForLearningClass = row.Number("for_learning_class", 0),
            Mark5 = row.Number("mark5", 0),
            Mark4 = row.Number("mark4", 0),
            Mark3 = row.Number("mark3", 0),
            CreatedAt = createdAt,
            UpdatedAt = row.UpdatedAt(createdAt),
        };
    }

    protected override Task<List<ImportResult>> SendAsync(IReadOnlyList<Contest> messages, bool isDryRun, CancellationToken cancellationToken) =>
        Run.Target.ImportContestsAsync(messages, isDryRun, cancellationToken);

    // The clients cannot show references to missing groups or tasks.
    private static IEnumerable<string> ReadKnown(OldRow row, string column, OldTable other, HashSet<Guid> known)
    {
        var all = row.References(column, other);
        foreach (var missing in all.Where(id => !known.Contains(id)))
            row.Change(column, $"without {missing}, which was not moved");
        return all.Where(known.Contains).Select(id => id.ToString());
    }
}
