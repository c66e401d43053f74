namespace ShTP.Data;

/// <summary>
/// The keys of all advisory locks that services take. A lock is one of a database, so services never wait for each other,
/// and a key needs to be unique among those of one database only. A value is never changed: processes of two releases run
/// side by side.
/// </summary>
/// <remarks>
/// A transaction that takes several takes them in the order of <see cref="RecordedCalls"/>, <see cref="Import"/>, those of
/// its service, and <see cref="NotificationSequence"/> last (<see cref="AuditSealing"/> is taken alone); each before the rows that it is about.
/// </remarks>
public static class AdvisoryLocks
{
    // Of every database.

    /// <summary>Migrating, for a session; within it <see cref="OutboxObjects"/>.</summary>
    public const long Migrations = 7236503;

    /// <summary>Creating the trigger and the index of the outbox.</summary>
    public const long OutboxObjects = 7236502;

    /// <summary>Importing rows from the old system.</summary>
    public const long Import = 7236531;

    /// <summary>Removing rows whose time is over; taken by one replica at a time, and the others do not wait.</summary>
    public const long Retention = 7236532;

    /// <summary>First of two numbers, which are apart from single ones: a call that may be repeated. The second is of the call.</summary>
    public const int RecordedCalls = 7236503;

    /// <summary>
    /// First of two numbers: the connections that a process may use. The second is their count, and the lock is shared, for a
    /// session: it blocks no other process, and each process reads those of all databases of the server.
    /// </summary>
    public const int Connections = 7236504;

    /// <summary>Creating the triggers of the audit.</summary>
    public const long AuditObjects = 7236505;

    /// <summary>Numbering entries of the audit, one process at a time.</summary>
    public const long AuditSealing = 7236506;

    // Of Auth.

    /// <summary>Creating, advancing and deleting keys that sign tokens.</summary>
    public const long SigningKeys = 0x53685450_6B657973; // "ShTPkeys"

    // Of Users.

    /// <summary>Changing the number of admins.</summary>
    public const long AdminCount = 0x5348_5450_0001;

    /// <summary>Counting groups and creating one.</summary>
    public const long GroupCount = 0x5348_5450_0002;

    // Of Notifications.

    /// <summary>From numbering notifications to the commit, so that the numbers become visible in their order.</summary>
    public const long NotificationSequence = 7236511;

    /// <summary>Counting banners and creating one.</summary>
    public const long BannerCount = 7236512;

    // Of Assignments.

    /// <summary>The list of tasks: their number, and the challenge.</summary>
    public const long Tasks = 7236521;

    /// <summary>Seed of the hash of a student's id: the student's work in the queue.</summary>
    public const long WorkOfUser = 7236522;

    // Of Achievements.

    /// <summary>Seed of the hash of a user's id: the user's achievements and medals.</summary>
    public const long AchievementsOfUser = 0;

    // Of Files: hashes of texts with one seed.

    /// <summary>Seed of the hashes.</summary>
    public const long Files = 0;

    /// <summary>Deleting files without claims; taken by one replica at a time, and the others do not wait.</summary>
    public const string FileCollector = "collector";

    /// <summary>With an owner's id behind it: counting the owner's files and adding one.</summary>
    public const string FileQuota = "quota:";
}
