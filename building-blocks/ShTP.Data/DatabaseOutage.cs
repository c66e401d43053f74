using System.Data.Common;

namespace ShTP.Data;

/// <summary>Tells a database that is away from a fault of ours: what runs in the background must outlive the one and end with the other.</summary>
public static class DatabaseOutage
{
    /// <summary>Whether the database is behind the fault, however EF Core wraps it: it gives up after some tries with an exception of its own.</summary>
    public static bool IsDatabaseOutage(this Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException or TimeoutException or IOException)
                return true;
        }

        return false;
    }
}
