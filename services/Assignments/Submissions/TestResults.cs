using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;
using ShTP.Assignments.V1;

namespace ShTP.Assignments.Submissions;

/// <summary>
/// Test results in the form of the clients and of the database. A program chooses how it ends and what it uses, so all of
/// a hidden test but its verdict could carry its input.
/// </summary>
internal static class TestResults
{
    // Size of all errors of a submission, so that lists stay small. Of hidden tests apart: their length, which is the
    // program's choice, must not decide which other errors are shown.
    private const int MaxErrorsLength = 2000;

    private static readonly Dictionary<Verdict, string> Names = SubmitsReflection.Descriptor.EnumTypes
        .Single(type => type.Name == nameof(Verdict)).Values
        .ToDictionary(value => (Verdict)value.Number, value => value.GetOptions().GetExtension(OptionsExtensions.JsonValue));

    // Steps of what students see of time (milliseconds) and memory (KiB), each twice the one before it.
    private const int TimeStep = 1000;
    private const int MemoryStep = 64 * 1024;

    private static readonly string[] WithoutRun = [Names[Verdict.NotRun], Names[Verdict.CompileError]];

    public static ListValue Read(string json) => JsonParser.Default.Parse<ListValue>(json);

    /// <summary>For those who may not see the tests. Results stored without <c>hidden</c> are of hidden tests.</summary>
    public static ListValue ReadForStudent(string json)
    {
        var list = Read(json);
        var results = list.Values.Select(value => value.StructValue.Fields).ToList();
        var time = Largest(results, "duration", TimeStep);
        var memory = Largest(results, "memory", MemoryStep);
        foreach (var result in results.Where(result => result.GetValueOrDefault("hidden") is not { BoolValue: false, KindCase: Value.KindOneofCase.BoolValue }))
        {
            var wasRun = !WithoutRun.Contains(result["verdict"].StringValue);
            result["hidden"] = Value.ForBool(true);
            result["error_info"] = Value.ForNull();
            (result["duration"], result["memory"]) = (Value.ForNumber(wasRun ? time : 0), Value.ForNumber(wasRun ? memory : 0));
        }

        return list;
    }

    public static string Write(IEnumerable<TestResult> results)
    {
        var (room, hiddenRoom) = (MaxErrorsLength, MaxErrorsLength);
        var list = new ListValue();
        foreach (var result in results)
        {
            var left = result.Demo ? room -= result.Error.Length : hiddenRoom -= result.Error.Length;
            list.Values.Add(Value.ForStruct(new Struct
            {
                Fields =
                {
                    ["status"] = Value.ForBool(result.Verdict == Verdict.Accepted),
                    ["duration"] = Value.ForNumber(result.Duration),
                    ["timeout"] = Value.ForBool(result.Verdict == Verdict.TimeLimit),
                    ["memoryout"] = Value.ForBool(result.Verdict == Verdict.MemoryLimit),
                    ["error_info"] = result.HasError && left >= 0 ? Value.ForString(Printable(result.Error)) : Value.ForNull(),
                    ["verdict"] = Value.ForString(Names[result.Verdict]),
                    ["memory"] = Value.ForNumber(result.Memory),
                    ["hidden"] = Value.ForBool(!result.Demo),
                },
            }));
        }

        return JsonFormatter.Default.Format(list);
    }

    private static double Largest(IEnumerable<MapField<string, Value>> results, string field, int step)
    {
        var largest = results.Select(result => result[field].NumberValue).DefaultIfEmpty().Max();
        double rounded = step;
        while (rounded < largest)
            rounded *= 2;
        return rounded;
    }

    /// <summary>Removes characters that the database cannot store.</summary>
    public static string Printable(string text) => text.Replace('\0', '\uFFFD');

    /// <summary>At least one test was judged and all are accepted. A task without tests is never solved.</summary>
    public static bool AreSolved(IReadOnlyCollection<TestResult> results) => results.Count > 0 && results.All(result => result.Verdict == Verdict.Accepted);
}
