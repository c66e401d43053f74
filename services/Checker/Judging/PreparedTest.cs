using System.Text;
using System.Text.Json.Nodes;

namespace ShTP.Checker.Judging;

/// <summary>A test in the form in which a program meets it.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="IsDemo">Students see it.</param>
/// <param name="IsAnswer">Whether a standard output is right.</param>
internal sealed record PreparedTest(byte[] Input, bool IsDemo, Func<byte[], bool> IsAnswer)
{
    /// <exception cref="FaultyTaskException">The test does not fit the function.</exception>
    public static PreparedTest Create(JudgeTest test, JudgeTask task)
    {
        if (task.Function is not { } function)
        {
            var expected = Encoding.UTF8.GetBytes(test.Output);
            return new PreparedTest(Encoding.UTF8.GetBytes(test.Input), test.IsDemo, output => TokenComparison.AreEqual(expected, output));
        }

        var arguments = FunctionValues.ReadArguments(test.Input, function.Inputs);
        JsonNode value = FunctionValues.ReadValue(test.Output, function.Output);
        return new PreparedTest(
            FunctionHarness.WriteArguments(task.Language, arguments), test.IsDemo,
            output => FunctionValues.AreEqual(value, output, function.Output));
    }
}
