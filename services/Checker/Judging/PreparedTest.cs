using System.Text;
using ShTP.Functions;

namespace ShTP.Checker.Judging;

/// <summary>A test in the format of a program's input.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="IsDemo">Students see it.</param>
/// <param name="IsAnswer">Whether a standard output is correct.</param>
internal sealed record PreparedTest(byte[] Input, bool IsDemo, Func<byte[], bool> IsAnswer)
{
    private const int ShownLength = 40;

    /// <exception cref="FaultyTaskException">The test does not fit the function.</exception>
    public static PreparedTest Create(JudgeTest test, JudgeTask task)
    {
        var expected = Encoding.UTF8.GetBytes(TestText.Normalize(test.Output));
        bool IsPrinted(byte[] output) => AnswerComparison.AreEqual(expected, output, task.Checker, task.Tolerance);
        if (task.Function is not { } function)
            return new PreparedTest(Encoding.UTF8.GetBytes(TestText.Normalize(test.Input)), test.IsDemo, IsPrinted);

        var arguments = FunctionValues.ReadArguments(test.Input, function.Inputs)
            ?? throw new FaultyTaskException($"A test has '{Shorten(test.Input)}' as input, which does not fit the {function.Inputs.Count} arguments.");
        var input = FunctionHarness.WriteArguments(task.Language, function, arguments);
        if (function.Output.Kind == FunctionKind.Void)
            return new PreparedTest(input, test.IsDemo, IsPrinted);
        var value = FunctionValues.ReadResult(test.Output, function.Output)
            ?? throw new FaultyTaskException($"A test has '{Shorten(test.Output)}' as output where {function.Output.Cpp} is expected.");
        return new PreparedTest(input, test.IsDemo, output =>
            FunctionValues.ReadJson(output, function.Output) is { } actual && FunctionValues.AreEqual(value, actual, function.Output, task.Tolerance));
    }

    private static string Shorten(string text) => text.Length > ShownLength ? text[..ShownLength] : text;
}
