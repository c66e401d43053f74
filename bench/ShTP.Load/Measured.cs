using System.Diagnostics;
using System.Globalization;

namespace ShTP.Load;

/// <summary>A process that a benchmark starts and watches; killed when disposed of.</summary>
internal sealed class Measured : IDisposable
{
    private const int ClockTicksPerSecond = 100;

    private readonly Process _process;

    private Measured(Process process) => (_process, Id) = (process, process.Id);

    public int Id { get; }

    public bool HasEnded => _process.HasExited;

    public static string Artifact(string project) =>
        Path.Combine(AppContext.BaseDirectory, "..", "..", project, "release", $"{project}.dll");

    /// <summary>The folder of the repository, found from the build output.</summary>
    public static string Repository => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));

    public static Measured Start(string project, string directory, string[] arguments, IReadOnlyDictionary<string, string>? environment = null, bool quiet = true, string? repository = null)
    {
        var start = new ProcessStartInfo("dotnet", [repository is null ? Path.GetFullPath(Artifact(project)) : Path.Combine(repository, "artifacts", "bin", project, "release", $"{project}.dll"), .. arguments])
        {
            WorkingDirectory = Path.Combine(repository ?? Repository, directory),
            RedirectStandardOutput = quiet,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        if (quiet)
        {
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
        }

        return new Measured(process);
    }

    /// <summary>Processor time of a process so far, in seconds, from /proc/PID/stat; 0 when it has ended, as idle connections of a database do.</summary>
    public static double CpuSeconds(int pid)
    {
        if (!File.Exists($"/proc/{pid}/stat"))
            return 0;
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ", 2)[1].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / ClockTicksPerSecond;
    }

    /// <summary>The same with that of its children that have ended.</summary>
    public static double CpuSecondsWithChildren(int pid)
    {
        if (!File.Exists($"/proc/{pid}/stat"))
            return 0;
        return File.ReadAllText($"/proc/{pid}/stat").Split(") ", 2)[1].Split(' ')[11..15].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / ClockTicksPerSecond;
    }

    /// <summary>Memory that is a process's alone plus its share of what it shares, in MB, from /proc/PID/smaps_rollup.</summary>
    public static double MegaBytes(int pid) =>
        File.ReadLines($"/proc/{pid}/smaps_rollup").Where(line => line.StartsWith("Pss:", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1024;

    /// <summary>All processes of the machine, with their command lines.</summary>
    public static IReadOnlyList<(int Id, string Command)> All() =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(directory => int.TryParse(Path.GetFileName(directory), out var id) ? id : 0)
            .Where(id => id > 0).Select(Read).OfType<(int, string)>(),
    ];

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static (int Id, string Command)? Read(int pid)
    {
        try
        {
            return (pid, File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim());
        }
        catch (IOException)
        {
            return null; // ended while looking
        }
    }
}
