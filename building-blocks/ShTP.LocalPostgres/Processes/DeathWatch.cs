using System.Diagnostics;

namespace ShTP.LocalPostgres.Processes;

/// <summary>A shell that signals a process when this process dies: only this process holds the other end of its input.</summary>
internal sealed class DeathWatch : IDisposable
{
    /// <summary>Arguments: signal, process id.</summary>
    internal const string Script = "trap '' INT TERM HUP; read -r line; kill -\"$1\" \"$2\"";

    private readonly Process _shell;

    private DeathWatch(Process shell) => _shell = shell;

    public static DeathWatch Start(int processId, UnixSignal signal)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add($"{(int)signal}");
        start.ArgumentList.Add($"{processId}");
        return new DeathWatch(Process.Start(start)!);
    }

    /// <summary>Ends the watch without a signal, before the process id can be reused.</summary>
    public void Dispose()
    {
        if (!_shell.HasExited)
            _shell.Kill();
    }
}
