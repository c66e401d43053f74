using ShTP.Import.OldDatabase;

namespace ShTP.Import.Moves;

/// <summary>Who made a task or a contest. It may be somebody who is gone.</summary>
internal static class Authors
{
    public static string Read(OldRow row)
    {
        if (row.Reference("author_id", OldTables.Users) is { } author)
            return author.ToString();
        row.Change("author_id", "nobody");
        return Guid.Empty.ToString();
    }
}
