using System.Diagnostics;
using System.Globalization;

namespace ShTP.LocalPostgres;

/// <summary>The lock file <c>postmaster.pid</c> of a data directory: process id on line 1, status on line 8.</summary>
internal sealed record PostmasterFile(string Path, int ProcessId, string Status)
{
    public const string Ready = "ready";

    /// <summary>Null when there is none, or it is being written.</summary>
    public static PostmasterFile? Read(string dataDirectory)
    {
        var path = System.IO.Path.Combine(dataDirectory, "postmaster.pid");
        try
        {
            var lines = File.ReadAllLines(path);
            return lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var id) && id > 0
                ? new PostmasterFile(path, id, lines.ElementAtOrDefault(7)?.Trim() ?? "")
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether that process runs and is a PostgreSQL, because the process id may have been reused.</summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(ProcessId);
                return !process.HasExited && process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                return false;
            }
        }
    }
}
