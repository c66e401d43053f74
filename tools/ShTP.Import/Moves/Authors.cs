using ShTP.Import.OldDatabase;

namespace ShTP.Import.Moves;

/// <summary>The author of a task or a contest, who may not exist any more.</summary>
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
