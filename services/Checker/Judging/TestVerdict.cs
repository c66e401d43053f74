using System.Text;
using ShTP.Checker.Sandboxing;
using ShTP.Localization;

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

    private static LocalizedText Explain(SandboxResult run, bool isDemo)
    {
        var reason = ProgramEnd.Describe(run.ExitCode);
        if (!isDemo)
        {
            // The program chooses its exit code, which could reveal the hidden input.
            if (reason is not null)
                return $"ended with an error: {reason}";
            return run.Signal is { } signal ? ChildProcesses.Describe(signal) : "ended with an error";
        }

        LocalizedText end = $"exit code {(ProgramEnd.IsException(run.ExitCode) ? 1 : run.ExitCode)}";
        if (run.Signal is { } number)
            end = ChildProcesses.Describe(number);
        if (reason is not null && !ProgramEnd.IsException(run.ExitCode))
            end = reason;
        var room = MaxInfoBytes - Encoding.UTF8.GetByteCount(LocalizedText.OfSchool(end)) - 2;
        return run.Error.Length > 0 ? $"{end}: {CompilerMessage.Clean(run.Error, room, keepsEnd: true)}" : end;
    }
}
