namespace ShTP.Import.OldDatabase;

/// <summary>An expected table of the old system.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Required columns.</param>
/// <param name="Optional">Columns that may be configured as missing.</param>
internal sealed record OldTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> Optional)
{
    public const string Key = "uuid";
    public const string CreatedAt = "created_at";
    public const string UpdatedAt = "updated_at";

    public IEnumerable<string> AllColumns => Columns.Concat(Optional);
}

/// <summary>The schema of the old system, with the names that docs/import.md lists.</summary>
internal static class OldTables
{
    public static readonly OldTable Groups = new("groups", [OldTable.Key, "name", "color"], Times);

    public static readonly OldTable Users = new(
        "users",
        [OldTable.Key, "email", "password", "first_name", "last_name", "role", "group_id", "learning_class", "rating"],
        ["patronymic_name", "shtp_maintainer", "nick_name", "avatar_path", "telegram", "github", "stepik", "kaggle", "website", "tech_stack", "about_text", .. Times]);

    public static readonly OldTable Achievements = new(
        "achievements",
        [OldTable.Key, "user_id", "event_type", "title", "description", "attachment_name", "points", "accepted_at", "accepted_by"],
        Times);

    public static readonly OldTable Notifications = new("notifications", [OldTable.Key, "to_user", "type", "data", "viewed"], Times);

    public static readonly OldTable Banners = new("system_notifications", [OldTable.Key, "type", "active", "title", "content"], Times);

    public static readonly OldTable Tasks = new(
        "tasks",
        [OldTable.Key, "author_id", "title", "text", "time_limit", "memory_limit", "tests"],
        ["day_challenge", "tests_types", "function_name", .. Times]);

    public static readonly OldTable Contests = new(
        "contests",
        [OldTable.Key, "author_id", "title", "description", "deadline", "tasks", "for_groups", "for_learning_class", "mark5", "mark4", "mark3"],
        Times);

    public static readonly OldTable Submits = new(
        "submits",
        [OldTable.Key, "user_id", "task_id", "source", "status", "solved"],
        ["refered_contest", "git_commit_id", "tests_results", .. Times]);

    public static readonly IReadOnlyList<OldTable> All = [Groups, Users, Achievements, Notifications, Banners, Tasks, Contests, Submits];

    private static string[] Times => [OldTable.CreatedAt, OldTable.UpdatedAt];

    /// <summary>Configured names that match no table or column.</summary>
    public static IEnumerable<string> FindFaults(ImportOptions options)
    {
        var keys = options.Tables.Keys.Select(name => (Section: nameof(options.Tables), Name: name)).Concat(options.Columns.Keys.Select(name => (Section: nameof(options.Columns), Name: name)));
        foreach (var (section, name) in keys.Where(key => All.All(table => table.Name != key.Name)))
            yield return $"Import:{section}:{name} is no table of the old system; they are {string.Join(", ", All.Select(known => known.Name))}.";
        foreach (var (name, columns) in options.Columns)
        {
            if (All.FirstOrDefault(table => table.Name == name) is not { } table)
                continue;
            foreach (var (column, actual) in columns)
            {
                if (!table.AllColumns.Contains(column))
                    yield return $"Import:Columns:{name}:{column} is no column of the old system; they are {string.Join(", ", table.AllColumns)}.";
                else if (actual.Length == 0 && table.Columns.Contains(column))
                    yield return $"Import:Columns:{name}:{column} is empty, but nothing can be moved without this column.";
            }
        }
    }
}
