using System.Diagnostics;

namespace ShTP.LocalPostgres.Processes;

/// <summary>A process that ends with this one, in its own session so that Ctrl+C in a terminal reaches only this one.</summary>
/// <remarks>
/// Linux: setpriv --pdeathsig, which also works when this process is killed. Other Unix: a shell that watches its
/// standard input (<see cref="DeathWatch"/>). Windows: no mechanism, the children of a killed process keep running.
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastOutputLimit = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DeathWatch? _deathWatch;

    private ChildProcess(Process process) => _process = process;

    public int Id { get; private set; }

    /// <summary>Completes with the exit code (128 + n after signal n) when the process has ended and its output is read.</summary>
    public Task<int> Exited => _exited.Task;

    public static async Task<ChildProcess> StartAsync(ChildProcessStart start)
    {
        var setpriv = OperatingSystem.IsLinux() ? ProgramPath.Find("setpriv") : null;
        var child = new ChildProcess(new Process { StartInfo = StartInfo(start, setpriv), EnableRaisingEvents = true });
        child.Watch(start);
        await SpawnThread.RunAsync(child._process.Start);
        child.Id = child._process.Id;
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        if (setpriv is null && !OperatingSystem.IsWindows())
            child._deathWatch = DeathWatch.Start(child.Id, start.DeathSignal);
        return child;
    }

    /// <summary>Sends the signal (Windows: ends the process), waits, and kills the process tree after the limit.</summary>
    public async Task StopAsync(UnixSignal signal, TimeSpan limit)
    {
        if (!OperatingSystem.IsWindows() && !Exited.IsCompleted && signal.Send(Id) &&
            await Exited.WaitAsync(limit).ContinueWith(wait => wait.IsCompletedSuccessfully, TaskScheduler.Default))
            return;
        if (!Exited.IsCompleted)
            _process.Kill(entireProcessTree: true);
        await Exited.WaitAsync(KillLimit);
    }

    public void Dispose()
    {
        _deathWatch?.Dispose();
        _process.Dispose();
    }

    private void Watch(ChildProcessStart start)
    {
        var output = new TaskCompletionSource();
        var error = new TaskCompletionSource();
        _process.OutputDataReceived += (_, line) => Pass(line.Data, start.Output, output);
        _process.ErrorDataReceived += (_, line) => Pass(line.Data, start.Error, error);
        _process.Exited += async (_, _) =>
        {
            _deathWatch?.Dispose();
            var exitCode = _process.ExitCode;
            // A grandchild may hold the pipes open, so the wait for their end is limited.
            await Task.WhenAny(Task.WhenAll(output.Task, error.Task), Task.Delay(LastOutputLimit));
            _exited.TrySetResult(exitCode);
        };
    }

    private static void Pass(string? line, Action<string> to, TaskCompletionSource end)
    {
        if (line is null)
            end.TrySetResult();
        else
            to(line);
    }

    private static ProcessStartInfo StartInfo(ChildProcessStart start, string? setpriv)
    {
        List<string> command = [start.FileName, .. start.Arguments];
        if (setpriv is not null)
            command.InsertRange(0, [setpriv, "--pdeathsig", SignalName(start.DeathSignal),
                .. start.Account?.SetprivArguments ?? [], "--"]);
        if (ProgramPath.Find("setsid") is { } setsid)
            command.Insert(0, setsid);

        var info = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = start.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
            info.ArgumentList.Add(argument);
        return info;
    }

    private static string SignalName(UnixSignal signal) => signal switch
    {
        UnixSignal.Interrupt => "INT",
        UnixSignal.Quit => "QUIT",
        _ => "KILL",
    };
}
