using Microsoft.EntityFrameworkCore;
using ShTP.Rpc.Errors;
using ShTP.OldSystem;
using ShTP.Users.Groups;

namespace ShTP.Users.OldSystem;

/// <summary>Imports groups.</summary>
internal sealed class GroupImport(UsersDb db) : RowImport<V1.Group, Group>(db)
{
    private const string NoName = "—";
    private const string DefaultColor = "#607d8b";

    protected override string UuidOf(V1.Group row) => row.Uuid;

    protected override Group Read(V1.Group row, Guid id, RowNotes notes) => new()
    {
        Id = id,
        Name = notes.FitLine(row.Name, Group.MaxNameLength, "name", NoName),
        Color = ReadColor(row.Color, notes),
        CreatedAt = notes.Time(row.CreatedAt, "created_at"),
        UpdatedAt = notes.Time(row.UpdatedAt, "updated_at"),
    };

    protected override async Task MatchAsync(IReadOnlyList<ImportRow<Group>> rows, bool isDryRun, CancellationToken cancellationToken)
    {
        await GroupsService.LockCountAsync(db, cancellationToken);
        LimitNew(rows, GroupsService.MaxGroups, await db.Groups.CountAsync(cancellationToken), "group");
    }

    private static string ReadColor(string text, RowNotes notes)
    {
        var checks = new FieldChecks();
        var color = GroupsService.CheckColor(checks, text);
        if (checks.Faults is null)
            return color;
        notes.Drop("color", text, checks.Faults);
        return DefaultColor;
    }
}
