using System.Runtime.InteropServices;

namespace ShTP.LocalPostgres.Processes;

internal enum UnixSignal
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
}

internal static class UnixSignals
{
    /// <summary>Sends the signal; false when the process does not exist or belongs to another user.</summary>
    public static bool Send(this UnixSignal signal, int processId) => Kill(processId, (int)signal) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
