namespace ShTP.Checker.Judging;

/// <summary>What came of a submission.</summary>
/// <param name="Verdict">That of the first test that was not accepted.</param>
/// <param name="Message">For a compile error the output of the compiler, at most 4 KiB.</param>
/// <param name="Tests">In the order of the tests; none with a compile error.</param>
internal sealed record JudgeResult(Verdict Verdict, string? Message, IReadOnlyList<TestOutcome> Tests);

/// <summary>What came of one test.</summary>
/// <param name="Verdict">Never that of the compiler.</param>
/// <param name="Duration">Processor time, or wall time where that was the limit.</param>
/// <param name="MemoryKibibytes">The most that it had at one time.</param>
/// <param name="Info">The cause, for the student. For a hidden test it has no text that the program could have copied from its input.</param>
internal sealed record TestOutcome(Verdict Verdict, TimeSpan Duration, int MemoryKibibytes, string? Info);
