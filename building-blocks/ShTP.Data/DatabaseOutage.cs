using System.Data.Common;

namespace ShTP.Data;

/// <summary>Distinguishes a database outage from a fault of the code. Background work must survive the first and stop on the second.</summary>
public static class DatabaseOutage
{
    /// <summary>Whether a database outage caused the exception, also inside EF Core's retry exception.</summary>
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
