using System.Text;
using System.Text.RegularExpressions;
using ShTP.Checker.Sandboxing;

namespace ShTP.Checker.Judging;

/// <summary>Turns how a run ended into a verdict.</summary>
internal static partial class TestVerdict
{
    private const int MaxInfoBytes = 300;

    // Exceptions of Python's own: a name that the program made up could carry the hidden input to the student.
    private static readonly HashSet<string> KnownExceptions =
    [
        "ArithmeticError", "AssertionError", "AttributeError", "EOFError", "FileNotFoundError", "ImportError", "IndentationError", "IndexError",
        "KeyError", "MemoryError", "ModuleNotFoundError", "NameError", "NotImplementedError", "OSError", "OverflowError", "PermissionError",
        "RecursionError", "RuntimeError", "StopIteration", "SyntaxError", "SystemError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
        "UnicodeEncodeError", "ValueError", "ZeroDivisionError",
    ];

    public static TestOutcome Decide(SandboxResult run, PreparedTest test)
    {
        var error = Encoding.UTF8.GetString(run.Error);
        var verdict = run.Limit switch
        {
            SandboxLimit.CpuTime or SandboxLimit.WallTime => Verdict.TimeLimit,
            SandboxLimit.Memory => Verdict.MemoryLimit,
            SandboxLimit.Output => Verdict.OutputLimit,
            _ when run.ExitCode != 0 => RanOutOfMemory(error) ? Verdict.MemoryLimit : Verdict.RuntimeError,
            _ => test.IsAnswer(run.Output) ? Verdict.Accepted : Verdict.WrongAnswer,
        };
        var duration = run.Limit == SandboxLimit.WallTime ? run.WallTime : run.CpuTime;
        return new TestOutcome(verdict, duration, (int)(run.PeakMemoryBytes / 1024), verdict == Verdict.RuntimeError ? Explain(run, error, test.IsDemo) : null);
    }

    // A request that is refused at once never reaches the limit of the group, and means the same.
    private static bool RanOutOfMemory(string error) =>
        error.Contains("std::bad_alloc", StringComparison.Ordinal) || LastException(error) == "MemoryError";

    private static string Explain(SandboxResult run, string error, bool isDemo)
    {
        // The exit code is the program's to choose, and so could carry the hidden input too.
        var end = run.Signal is { } signal ? ChildProcesses.Describe(signal) : isDemo ? $"exit code {run.ExitCode}" : "ended with an error";
        if (isDemo && error.Length > 0)
            return $"{end}: {CompilerMessage.Clean(run.Error, MaxInfoBytes - end.Length - 2)}";
        return LastException(error) is { } exception && KnownExceptions.Contains(exception) ? $"{end}: {exception}" : end;
    }

    private static string? LastException(string error) =>
        ExceptionLine().Matches(error) is [.., var last] ? last.Groups[1].Value : null;

    [GeneratedRegex(@"^([A-Za-z]\w*)(:.*)?$", RegexOptions.Multiline)]
    private static partial Regex ExceptionLine();
}
