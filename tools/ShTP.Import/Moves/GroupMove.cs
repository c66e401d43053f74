using ShTP.Api.V1;
using ShTP.Import.OldDatabase;
using ShTP.Users.V1;

namespace ShTP.Import.Moves;

/// <summary>Groups.</summary>
internal sealed class GroupMove(Run run) : TableMove<Group>(run, OldTables.Groups)
{
    protected override Group Translate(OldRow row)
    {
        var createdAt = row.CreatedAt();
        return new Group
        {
            Uuid = row.Id.ToString(),
            Name = row.Text("name"),
            Color = row.Text("color"),
            CreatedAt = createdAt,
            UpdatedAt = row.UpdatedAt(createdAt),
        };
    }

    protected override Task<List<ImportResult>> SendAsync(IReadOnlyList<Group> messages, bool isDryRun, CancellationToken cancellationToken) =>
        Run.Target.ImportGroupsAsync(messages, isDryRun, cancellationToken);

    protected override Task OnThereAsync(IReadOnlyList<(OldRow Row, Group Message)> rows, CancellationToken cancellationToken)
    {
        Run.Groups.UnionWith(rows.Select(entry => entry.Row.Id));
        return Task.CompletedTask;
    }
}
