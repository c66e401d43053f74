using ShTP.Rpc.Errors;
using ShTP.Functions;

namespace ShTP.Assignments.Tasks;

/// <summary>Tasks whose solution is a function: the name, the types, and tests that fit them.</summary>
internal static class FunctionMode
{
    /// <summary>Whether the task is in function mode: clients send empty fields when it is not.</summary>
    public static bool IsOn(string? functionName, V1.TestsTypes? types) =>
        !string.IsNullOrEmpty(functionName) || types is { Input.Count: > 0 } or { Output.Count: > 0 };

    public static void Check(FieldChecks checks, string functionName, V1.TestsTypes? types, IReadOnlyList<V1.TaskTest> tests)
    {
        types ??= new V1.TestsTypes();
        var function = FunctionSignature.TryParse(functionName, types.Input, types.Output, out var faults);
        foreach (var (field, detail) in faults)
            checks.Add(field, detail);
        if (function is not null)
            CheckTests(checks, function, tests);
    }

    private static void CheckTests(FieldChecks checks, FunctionSignature function, IReadOnlyList<V1.TaskTest> tests)
    {
        for (var i = 0; i < tests.Count; i++)
        {
            if (FunctionValues.ReadArguments(tests[i].Input, function.Inputs) is null)
                checks.Add($"tests[{i}].input", "must have one line for each argument, as JSON of its type");
            if (function.Output.Kind != FunctionKind.Void && FunctionValues.ReadResult(tests[i].Output, function.Output) is null)
                checks.Add($"tests[{i}].output", "must be JSON of the result's type");
        }
    }
}
