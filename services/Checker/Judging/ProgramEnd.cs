using System.Globalization;
using ShTP.Localization;

namespace ShTP.Checker.Judging;

/// <summary>
/// The exit codes of the harness around a program: the cause of its end, and never text that the program printed. A
/// program that exits with such a code itself misleads only its author.
/// </summary>
internal static class ProgramEnd
{
    /// <summary>A memory allocation failed and the exception was not caught.</summary>
    public const int OutOfMemory = 193;

    private const int NoSockets = 194, NoSharedMemory = 195, NoOrder = 196, NoValue = 197, BadArguments = 198, FirstException = 200;
    private const long ThreadStack = 64 * 1024 * 1024;

    private static readonly Dictionary<int, LocalizedText> Reasons = new()
    {
        [NoSockets] = "programs have no network here, and no sockets",
        [NoSharedMemory] = "processes cannot share locks or memory here, so there are no pools, queues and locks of multiprocessing",
        [NoOrder] = "the function gave a set, which has no order: give a list, such as sorted(...)",
        [NoValue] = "the function gave a value of another type than the task says",
        [BadArguments] = "the arguments could not be read",
    };

    // Only Python's built-in exceptions: a name that the program chose could reveal hidden input to the student.
    private static readonly string[] Exceptions =
    [
        "ArithmeticError", "AssertionError", "AttributeError", "EOFError", "FileNotFoundError", "ImportError", "IndentationError", "IndexError",
        "KeyError", "ModuleNotFoundError", "NameError", "NotImplementedError", "OSError", "OverflowError", "PermissionError",
        "RecursionError", "RuntimeError", "StopIteration", "SyntaxError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
        "UnicodeEncodeError", "ValueError", "ZeroDivisionError",
    ];

    private static readonly Dictionary<string, string> Constants = new()
    {
        ["OUT_OF_MEMORY"] = $"{OutOfMemory}",
        ["NO_SOCKETS"] = $"{NoSockets}",
        ["NO_SHARED_MEMORY"] = $"{NoSharedMemory}",
        ["NO_ORDER"] = $"{NoOrder}",
        ["NO_VALUE"] = $"{NoValue}",
        ["BAD_ARGUMENTS"] = $"{BadArguments}",
        ["FIRST_EXCEPTION"] = $"{FirstException}",
        ["THREAD_STACK"] = ThreadStack.ToString(CultureInfo.InvariantCulture),
        ["EXCEPTIONS"] = $"[{string.Join(", ", Exceptions.Select(name => $"\"{name}\""))}]",
    };

    /// <summary>A harness with the names of these exit codes replaced by their numbers.</summary>
    public static string ReadHarness(string name) =>
        Constants.Aggregate(EmbeddedText.Read(name), (text, constant) => text.Replace(constant.Key, constant.Value, StringComparison.Ordinal));

    /// <summary>The cause as text for the student; null when the program chose the exit code.</summary>
    public static LocalizedText? Describe(int exitCode) =>
        exitCode - FirstException is var index && index >= 0 && index < Exceptions.Length ? LocalizedText.Verbatim(Exceptions[index]) : Reasons.GetValueOrDefault(exitCode);

    /// <summary>Whether the exit code is a Python exception, which Python itself would end with exit code 1.</summary>
    public static bool IsException(int exitCode) => exitCode >= FirstException && exitCode < FirstException + Exceptions.Length;
}
