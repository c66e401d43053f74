using ShTP.Localization;

namespace ShTP.Checker.Judging;

/// <summary>The result of a submission.</summary>
/// <param name="Verdict">The verdict of the first test that was not accepted.</param>
/// <param name="Message">For a compile error the output of the compiler, at most 4 KiB.</param>
/// <param name="Tests">In the order of the tests; empty after a compile error.</param>
internal sealed record JudgeResult(Verdict Verdict, LocalizedText? Message, IReadOnlyList<TestOutcome> Tests);

/// <summary>The result of a test.</summary>
/// <param name="Verdict">Never that of the compiler.</param>
/// <param name="Duration">Processor time, or wall time where that was the limit.</param>
/// <param name="MemoryKibibytes">Peak memory.</param>
/// <param name="Info">The cause, for the student. For a hidden test it has no text that the program could have copied from its input.</param>
internal sealed record TestOutcome(Verdict Verdict, TimeSpan Duration, int MemoryKibibytes, LocalizedText? Info);
