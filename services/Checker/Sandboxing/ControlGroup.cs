using System.Diagnostics;

namespace ShTP.Checker.Sandboxing;

/// <summary>Folders of the control group file system that form one group of processes.</summary>
internal static class ControlGroup
{
    private const string Prefix = "shtp-checker-";
    private static readonly TimeSpan MaxEnding = TimeSpan.FromSeconds(5);
    private static int lastNumber;

    /// <summary>A name with the process id, so that groups of a killed checker are found.</summary>
    public static string NewName() => $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref lastNumber)}";

    /// <summary>Whether groups can be created below <paramref name="parent"/>; removes groups of checkers that have ended.</summary>
    public static bool IsUsable(string parent)
    {
        try
        {
            var probe = Path.Join(parent, NewName());
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }

        // Checked first: where groups cannot be created, groups of other users cannot be removed either.
        foreach (var left in Directory.EnumerateDirectories(parent, Prefix + "*").Where(IsAbandoned))
            End([left]);
        return true;
    }

    public static void Write(string folder, string file, string value) => File.WriteAllText(Path.Join(folder, file), value);

    /// <summary>Writes a limit that some kernels do not support.</summary>
    public static void TryWrite(string folder, string file, string value)
    {
        if (File.Exists(Path.Join(folder, file)))
            Write(folder, file, value);
    }

    public static long ReadNumber(string folder, string file) =>
        long.Parse(File.ReadAllText(Path.Join(folder, file)), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The value of <paramref name="key"/> in a file of "key value" lines; 0 when it is not there.</summary>
    public static long ReadValue(string folder, string file, string key) => File.ReadLines(Path.Join(folder, file))
        .Where(line => line.StartsWith(key + " ", StringComparison.Ordinal))
        .Select(line => long.Parse(line.AsSpan(key.Length + 1), System.Globalization.CultureInfo.InvariantCulture))
        .FirstOrDefault();

    /// <summary>Kills every process of the groups and waits until they have ended.</summary>
    public static void KillAll(IReadOnlyList<string> folders)
    {
        var waited = Stopwatch.StartNew();
        for (var members = Members(folders); members.Count > 0; members = Members(folders))
        {
            if (waited.Elapsed > MaxEnding)
                throw new SandboxException($"{members.Count} processes do not end.");
            foreach (var folder in folders)
                TryWrite(folder, "cgroup.kill", "1");
            foreach (var member in members)
                ChildProcesses.Kill(member);
            Thread.Sleep(1);
        }
    }

    /// <summary>Kills the processes of the groups and removes the groups.</summary>
    public static void End(IReadOnlyList<string> folders)
    {
        KillAll(folders);
        var waited = Stopwatch.StartNew();
        foreach (var folder in folders.Where(Directory.Exists))
        {
            while (!TryRemove(folder))
            {
                if (waited.Elapsed > MaxEnding)
                    throw new SandboxException($"The control group {Path.GetFileName(folder)} cannot be removed.");
                Thread.Sleep(1);
            }
        }
    }

    // The kernel refuses for a moment after the last process has ended.
    private static bool TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static HashSet<int> Members(IEnumerable<string> folders) =>
        [.. folders.Where(Directory.Exists).SelectMany(folder => File.ReadLines(Path.Join(folder, "cgroup.procs"))).Select(line => int.Parse(line, System.Globalization.CultureInfo.InvariantCulture))];

    // In a container the next checker often has the same process id: a group with it and an unused number is older.
    private static bool IsAbandoned(string folder) =>
        Path.GetFileName(folder).Split('-') is [_, _, var owner, var number]
        && (!Directory.Exists($"/proc/{owner}") || (owner == $"{Environment.ProcessId}" && int.TryParse(number, out var given) && given > lastNumber));
}
