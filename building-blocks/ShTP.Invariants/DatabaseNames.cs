namespace ShTP.Invariants;

/// <summary>Names of databases.</summary>
public static class DatabaseNames
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Database> All { get; } = Enum.GetValues<Database>();

    /// <summary>The name of its connection string, such as <c>usersdb</c>.</summary>
    public static string NameOf(this Database database) => $"{database.ToString().ToLowerInvariant()}db";
}
