namespace ShTP.ServiceDefaults;

/// <summary>Names in the AppHost, in connection strings, and of callers and audiences of service tokens.</summary>
public static class ResourceNames
{
    public const string Postgres = "postgres";

    public const string Auth = "auth";
    public const string AuthDb = "authdb";

    public const string Users = "users";
    public const string UsersDb = "usersdb";

    public const string Files = "files";
    public const string FilesDb = "filesdb";

    public const string Achievements = "achievements";
    public const string AchievementsDb = "achievementsdb";

    public const string Events = "events";
    public const string EventsDb = "eventsdb";

    public const string Notifications = "notifications";
    public const string NotificationsDb = "notificationsdb";

    public const string Assignments = "assignments";
    public const string AssignmentsDb = "assignmentsdb";

    public const string Checker = "checker";

    public const string Gateway = "gateway";

    /// <summary>The import tool, which only calls others.</summary>
    public const string Import = "import";

    public const string Demo = "demo";

    /// <summary>Makes backups by a schedule.</summary>
    public const string Backup = "backup";
}
