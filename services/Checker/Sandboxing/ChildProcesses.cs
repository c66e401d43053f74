using System.Diagnostics;
using System.Runtime.InteropServices;
using ShTP.Localization;

namespace ShTP.Checker.Sandboxing;

/// <summary>Kills processes that <see cref="System.Diagnostics.Process"/> did not start.</summary>
internal static partial class ChildProcesses
{
    private const int KillSignal = 9, BecomeReaper = 36, DoNotBlock = 1;
    private const uint FirstOfOurs = 3, CloseOnExecute = 4;
    private static readonly TimeSpan MaxEnding = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<int, string> Names = new()
    {
        [4] = "SIGILL",
        [6] = "SIGABRT",
        [7] = "SIGBUS",
        [8] = "SIGFPE",
        [9] = "SIGKILL",
        [11] = "SIGSEGV",
        [13] = "SIGPIPE",
        [15] = "SIGTERM",
        [24] = "SIGXCPU",
        [25] = "SIGXFSZ",
        [31] = "SIGSYS",
    };

    /// <summary>Kills a process; a process that has already ended is ignored.</summary>
    public static void Kill(int processId)
    {
        if (processId > 1)
            _ = SendSignal(processId, KillSignal);
    }

    /// <summary>
    /// Makes this process the parent of orphaned descendants. The first process of a sandbox can outlive bubblewrap for
    /// a moment. In a container whose init process does not reap orphans it would stay a zombie.
    /// </summary>
    public static void AdoptOrphans() => _ = ControlProcess(BecomeReaper, 1, 0, 0, 0);

    /// <summary>Sets close-on-exec on files that this process inherited.</summary>
    public static void CloseInheritedFiles() => _ = CloseRange(FirstOfOurs, uint.MaxValue, CloseOnExecute);

    /// <summary>Kills an adopted process and waits for it. As the first process of its namespace it ends all others.</summary>
    public static void EndAdopted(int processId)
    {
        var waited = Stopwatch.StartNew();
        Kill(processId);
        while (WaitFor(processId, 0, DoNotBlock) == 0)
        {
            if (waited.Elapsed > MaxEnding)
                throw new SandboxException("The processes of a program do not end.");
            Thread.Sleep(1);
        }
    }

    /// <summary>Such as "signal 11 (SIGSEGV)".</summary>
    public static LocalizedText Describe(int signal)
    {
        if (Names.TryGetValue(signal, out var name))
            return $"signal {signal} ({name})";
        return $"signal {signal}";
    }

    [LibraryImport("libc", EntryPoint = "close_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseRange(uint first, uint last, uint flags);

    [LibraryImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ControlProcess(int option, nuint argument, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int WaitFor(int processId, nint status, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}
