using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ShTP.Api.V1;
using ShTP.Assignments.V1;

namespace ShTP.Assignments.Submissions;

/// <summary>Test results in the form of the clients and of the database. They have no content of the tests.</summary>
internal static class TestResults
{
    // Size of all errors of a submission, so that lists stay small.
    private const int MaxErrorsLength = 2000;

    private static readonly Dictionary<Verdict, string> Names = SubmitsReflection.Descriptor.EnumTypes
        .Single(type => type.Name == nameof(Verdict)).Values
        .ToDictionary(value => (Verdict)value.Number, value => value.GetOptions().GetExtension(OptionsExtensions.JsonValue));

    public static ListValue Read(string json) => JsonParser.Default.Parse<ListValue>(json);

    public static string Write(IEnumerable<TestResult> results)
    {
        var room = MaxErrorsLength;
        var list = new ListValue();
        foreach (var result in results)
        {
            room -= result.Error.Length;
            list.Values.Add(Value.ForStruct(new Struct
            {
                Fields =
                {
                    ["status"] = Value.ForBool(result.Verdict == Verdict.Accepted),
                    ["duration"] = Value.ForNumber(result.Duration),
                    ["timeout"] = Value.ForBool(result.Verdict == Verdict.TimeLimit),
                    ["memoryout"] = Value.ForBool(result.Verdict == Verdict.MemoryLimit),
                    ["error_info"] = result.HasError && room >= 0 ? Value.ForString(Printable(result.Error)) : Value.ForNull(),
                    ["verdict"] = Value.ForString(Names[result.Verdict]),
                    ["memory"] = Value.ForNumber(result.Memory),
                },
            }));
        }

        return JsonFormatter.Default.Format(list);
    }

    /// <summary>Removes characters that the database cannot store.</summary>
    public static string Printable(string text) => text.Replace('\0', '\uFFFD');

    /// <summary>At least one test was judged and all are accepted. A task without tests is never solved.</summary>
    public static bool AreSolved(IReadOnlyCollection<TestResult> results) => results.Count > 0 && results.All(result => result.Verdict == Verdict.Accepted);
}
