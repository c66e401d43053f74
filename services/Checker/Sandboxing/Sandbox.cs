using System.Diagnostics;
using System.Text;

namespace ShTP.Checker.Sandboxing;

/// <summary>Runs each command in a new sandbox and removes it afterwards.</summary>
internal sealed class Sandbox(SandboxHost host)
{
    private const string Launch = """
        joins=$1; shift
        for file in $joins; do echo 0 > "$file" || exit 1; done
        exec 3>"$1" 4<"$2" 0<"$3"; files=$4; shift 4
        next=5
        while [ "$files" -gt 0 ]; do
          case $next in 5) exec 5<"$1";; 6) exec 6<"$1";; 7) exec 7<"$1";; 8) exec 8<"$1";; esac
          next=$((next + 1)); files=$((files - 1)); shift
        done
        exec /usr/bin/nice -n 5 "$@"
        """;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    static Sandbox()
    {
        ChildProcesses.AdoptOrphans();
        ChildProcesses.CloseInheritedFiles();
    }

    public SandboxHost Host => host;

    /// <summary>Runs a command to its end or to the first limit that it hits.</summary>
    /// <exception cref="SandboxException">The sandbox failed, and the result of the command is unknown.</exception>
    public Task<SandboxResult> RunAsync(SandboxCommand command, CancellationToken cancellationToken = default) =>
        // A dedicated thread for the whole run, because the sandbox ends with the thread that started it.
        Task.Factory.StartNew(() => Run(command, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private SandboxResult Run(SandboxCommand command, CancellationToken cancellationToken)
    {
        var statusPath = Path.Join(host.Folder.Path, $"status-{Guid.NewGuid():n}");
        try
        {
            using var meter = host.Meters.Create(command.Limits);
            return Run(command, meter, statusPath, cancellationToken);
        }
        finally
        {
            File.Delete(statusPath);
        }
    }

    private SandboxResult Run(SandboxCommand command, IResourceMeter meter, string statusPath, CancellationToken cancellationToken)
    {
        var status = new SandboxStatus(statusPath);
        var clock = Stopwatch.StartNew();
        using var process = Start(command, meter, statusPath);
        using var output = new BoundedOutput(process.StandardOutput.BaseStream, command.Limits.OutputBytes, command.Limits.OutputBytes);
        using var error = new BoundedOutput(process.StandardError.BaseStream, command.Limits.KeptErrorBytes, command.Limits.OutputBytes);
        SandboxLimit limit;
        do
        {
            meter.Watch(status);
            limit = FindLimit(command.Limits, meter.Read(), clock.Elapsed, output, error);
        }
        while (limit == SandboxLimit.None && !cancellationToken.IsCancellationRequested && !process.WaitForExit(LookEvery));

        var wallTime = clock.Elapsed;
        ChildProcesses.Kill(process.Id);
        process.WaitForExit();
        if (status.FirstProcess is { } first)
            ChildProcesses.EndAdopted(first);
        meter.KillAll();
        var (outputBytes, errorBytes) = (output.Finish(), error.Finish());
        cancellationToken.ThrowIfCancellationRequested();
        var use = meter.Read();
        if (limit == SandboxLimit.None)
            limit = FindLimit(command.Limits, use, wallTime, output, error);
        if (limit == SandboxLimit.None && status.ExitCode is null)
            throw new SandboxException($"The sandbox did not start: {Encoding.UTF8.GetString(errorBytes).Trim()}");
        return new SandboxResult(status.ExitCode ?? 128 + 9, limit)
        {
            CpuTime = use.CpuTime,
            WallTime = wallTime,
            PeakMemoryBytes = use.PeakMemoryBytes,
            Output = outputBytes,
            Error = errorBytes,
        };
    }

    private static SandboxLimit FindLimit(SandboxLimits limits, ResourceUse use, TimeSpan wallTime, BoundedOutput output, BoundedOutput error) =>
        use.OutOfMemory ? SandboxLimit.Memory
        : output.IsTooLong || error.IsTooLong ? SandboxLimit.Output
        : use.CpuTime > limits.CpuTime ? SandboxLimit.CpuTime
        : wallTime > limits.WallTime ? SandboxLimit.WallTime
        : SandboxLimit.None;

    private Process Start(SandboxCommand command, IResourceMeter meter, string statusPath)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        string[] arguments =
        [
            "-c", Launch, "sandbox", string.Join(' ', meter.JoinFiles), statusPath, host.Folder.FilterPath, command.InputPath,
            $"{command.Files.Count}", .. command.Files.Select(file => file.Host), .. BubblewrapArguments.Build(host, command, host.Meters.BoundMemory),
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new SandboxException("The shell did not start.");
    }
}
