using System.Text;
using Google.Protobuf.Collections;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Tasks;

/// <summary>The checked fields of a request.</summary>
internal sealed record TaskDraft(
    string Title, string Text, int TimeLimit, int MemoryLimit, bool? DayChallenge, List<TestCase> Tests, string? FunctionName, string[] InputTypes, string[] OutputTypes)
{
    /// <summary>Null when not sent.</summary>
    public V1.AnswerChecker? Checker { get; init; }

    /// <summary>Null when not sent.</summary>
    public double? Tolerance { get; init; }

    internal const int MaxSeconds = 50;
    internal const int MinMemory = 16;
    internal const int MaxMemory = 4096;
    private const double MaxTolerance = 1;
    private const int MaxTests = 100;
    private const int MaxTestBytes = 64 * 1024;
    private const int MaxTestsBytes = 1024 * 1024;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT naming every fault that <paramref name="checks"/> found here or before.</exception>
    public static TaskDraft Read(FieldChecks checks, V1.CreateTaskRequest request)
    {
        var title = checks.Title(request.Title, 1, ProgrammingTask.MaxTitleLength, "title");
        var text = TaskHtml.Html.Check(checks, request.Text, "text");
        CheckLimit(checks, request.HasTimeLimit, request.TimeLimit, 1, MaxSeconds, "timeLimit");
        CheckLimit(checks, request.HasMemoryLimit, request.MemoryLimit, MinMemory, MaxMemory, "memoryLimit");
        if (request.HasChecker && !Enum.IsDefined(request.Checker))
            checks.Add("checker", "must be tokens, floats or exact");
        if (request.HasTolerance && request.Tolerance is not (> 0 and <= MaxTolerance))
            checks.Add("tolerance", $"must be above 0 and at most {MaxTolerance}");
        var areSmall = CheckTests(checks, request.Tests);
        var hasFunction = FunctionMode.IsOn(request.FunctionName, request.TestsTypes);
        if (hasFunction && areSmall)
            FunctionMode.Check(checks, request.FunctionName, request.TestsTypes, request.Tests);
        checks.ThrowIfInvalid();
        return new TaskDraft(
            title, text, request.TimeLimit, request.MemoryLimit, request.HasDayChallenge ? request.DayChallenge : null,
            [.. request.Tests.Select(test => new TestCase { Input = test.Input, Output = test.Output, Demo = test.HasDemo ? test.Demo : null })],
            hasFunction ? request.FunctionName : null,
            hasFunction ? [.. request.TestsTypes.Input] : [],
            hasFunction ? [.. request.TestsTypes.Output] : [])
        {
            Checker = request.HasChecker ? request.Checker : null,
            Tolerance = request.HasTolerance ? request.Tolerance : null,
        };
    }

    /// <summary>Copies all fields to the task, except the challenge flag.</summary>
    public void WriteTo(ProgrammingTask task)
    {
        (task.Title, task.Text, task.TimeLimit, task.MemoryLimit) = (Title, Text, TimeLimit, MemoryLimit);
        (task.Checker, task.Tolerance) = (Checker ?? task.Checker, Tolerance ?? task.Tolerance);
        // Forms that are filled from the list have no tests to send.
        if (Tests.Count > 0 || task.Tests.Count == 0)
            (task.Tests, task.FunctionName, task.InputTypes, task.OutputTypes) = (Tests, FunctionName, InputTypes, OutputTypes);
    }

    private static void CheckLimit(FieldChecks checks, bool isGiven, int value, int min, int max, string field)
    {
        if (!isGiven)
            checks.Add(field, "field required");
        else
            checks.Range(value, min, max, field);
    }

    private static bool CheckTests(FieldChecks checks, RepeatedField<V1.TaskTest> tests)
    {
        if (tests.Count > MaxTests)
        {
            checks.Add("tests", $"must be at most {MaxTests}");
            return false;
        }

        var sum = 0;
        for (var i = 0; i < tests.Count; i++)
        {
            checks.Text(tests[i].Input, 0, MaxTestBytes, $"tests[{i}].input");
            checks.Text(tests[i].Output, 0, MaxTestBytes, $"tests[{i}].output");
            var (input, output) = (Encoding.UTF8.GetByteCount(tests[i].Input), Encoding.UTF8.GetByteCount(tests[i].Output));
            if (Math.Max(input, output) > MaxTestBytes)
                checks.Add($"tests[{i}]", $"input and output must have at most {MaxTestBytes} bytes each");
            sum += input + output;
        }

        if (sum > MaxTestsBytes)
            checks.Add("tests", $"must have at most {MaxTestsBytes} bytes together");
        return sum <= MaxTestsBytes;
    }
}
