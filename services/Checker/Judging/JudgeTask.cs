using ShTP.Functions;
using ShTP.Localization;

namespace ShTP.Checker.Judging;

/// <summary>A submission with its tests and limits.</summary>
/// <param name="Language">The language of the file extension.</param>
/// <param name="Source">The unmodified source of the student.</param>
/// <param name="Tests">In the order in which they run.</param>
internal sealed record JudgeTask(Language Language, byte[] Source, IReadOnlyList<JudgeTest> Tests)
{
    /// <summary>Processor time for each test; see <see cref="Judge"/> for the wall time.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(1);

    public int MemoryMebibytes { get; init; } = 256;

    /// <summary>The function in function mode; otherwise null.</summary>
    public FunctionSignature? Function { get; init; }

    /// <summary>How printed output is compared.</summary>
    public AnswerChecker Checker { get; init; }

    /// <summary>Tolerance of fractional numbers, absolute or relative.</summary>
    public double Tolerance { get; init; } = FunctionValues.DefaultTolerance;
}

/// <summary>One test. In function mode see <see cref="FunctionValues"/> for what both texts may be.</summary>
/// <param name="Input">Standard input, or the arguments.</param>
/// <param name="Output">Expected output, or the result.</param>
/// <param name="IsDemo">Students can see the test, so they can also see the program's error text.</param>
internal sealed record JudgeTest(string Input, string Output, bool IsDemo = false);

/// <summary>The task or its tests are wrong, independent of the submission.</summary>
internal sealed class FaultyTaskException(LocalizedText reason) : Exception(reason.In(Languages.English))
{
    /// <summary>For people.</summary>
    public LocalizedText Reason => reason;
}
