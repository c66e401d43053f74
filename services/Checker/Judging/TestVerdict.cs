using ShTP.Checker.Sandboxing;

namespace ShTP.Checker.Judging;

/// <summary>Maps the end of a run to a verdict. The program's output counts only as its answer.</summary>
internal static class TestVerdict
{
    private const int MaxInfoBytes = 300;

    public static TestOutcome Decide(SandboxResult run, PreparedTest test)
    {
        var verdict = run.Limit switch
        {
            SandboxLimit.CpuTime or SandboxLimit.WallTime => Verdict.TimeLimit,
            SandboxLimit.Memory => Verdict.MemoryLimit,
            SandboxLimit.Output => Verdict.OutputLimit,
            // An allocation that is refused at once does not reach the limit of the group, but has the same meaning.
            _ when run.ExitCode == ProgramEnd.OutOfMemory => Verdict.MemoryLimit,
            _ when run.ExitCode != 0 => Verdict.RuntimeError,
            _ => test.IsAnswer(run.Output) ? Verdict.Accepted : Verdict.WrongAnswer,
        };
        var duration = run.Limit == SandboxLimit.WallTime ? run.WallTime : run.CpuTime;
        return new TestOutcome(verdict, duration, (int)(run.PeakMemoryBytes / 1024), verdict == Verdict.RuntimeError ? Explain(run, test.IsDemo) : null);
    }

    private static string Explain(SandboxResult run, bool isDemo)
    {
        var reason = ProgramEnd.Describe(run.ExitCode);
        if (!isDemo)
        {
            // The program chooses its exit code, which could reveal the hidden input.
            return reason is not null ? $"ended with an error: {reason}" : run.Signal is { } signal ? ChildProcesses.Describe(signal) : "ended with an error";
        }

        var end = ProgramEnd.IsException(run.ExitCode) ? "exit code 1"
            : reason ?? (run.Signal is { } number ? ChildProcesses.Describe(number) : $"exit code {run.ExitCode}");
        return run.Error.Length > 0 ? $"{end}: {CompilerMessage.Clean(run.Error, MaxInfoBytes - end.Length - 2, keepsEnd: true)}" : end;
    }
}
