using System.Collections.Concurrent;

namespace ShTP.Checker;

/// <summary>
/// The temporary files of a running checker; disposing removes them. Other users can enter it, because the sandboxed
/// compiler, as another user, reads the precompiled header. The submissions in it are not accessible to them.
/// </summary>
internal sealed class CheckerFolder : IDisposable
{
    private const string Prefix = "shtp-checker-";
    private static readonly ConcurrentDictionary<string, bool> Own = [];

    private CheckerFolder(string path)
    {
        Path = path;
        Own.TryAdd(path, true);
    }

    public string Path { get; }

    /// <summary>The compiled filter of system calls.</summary>
    public string FilterPath => System.IO.Path.Join(Path, "seccomp");

    /// <summary>Precompiled headers, in the layout of an include folder.</summary>
    public string HeaderPath => System.IO.Path.Join(Path, "headers");

    /// <summary>A new folder; removes those of checkers that were killed.</summary>
    public static CheckerFolder Create()
    {
        foreach (var left in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*").Where(IsAbandoned))
            TryDelete(left);
        var folder = Directory.CreateTempSubdirectory($"{Prefix}{Environment.ProcessId}-");
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        }

        return new CheckerFolder(folder.FullName);
    }

    /// <summary>A folder of one submission, closed to other users.</summary>
    public DirectoryInfo CreateJob()
    {
        var path = System.IO.Path.Join(Path, $"job-{Guid.NewGuid():n}");
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => TryDelete(Path);

    // In a container the next checker often has the same process id as the previous one.
    private static bool IsAbandoned(string folder) =>
        System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-') is [var owner, _]
        && (!Directory.Exists($"/proc/{owner}") || (owner == $"{Environment.ProcessId}" && !Own.ContainsKey(folder)));

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Owned by another user, or being removed by another checker.
        }
    }
}
