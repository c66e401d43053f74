using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using ShTP.ServiceDefaults.Errors;

namespace ShTP.Assignments.Tasks;

/// <summary>Tasks whose solution is a function: the name, the types, and tests that fit them.</summary>
internal static partial class FunctionMode
{
    public const int MaxNameLength = 50;

    private const int MaxArguments = 10;
    private const string ListOf = "list[";

    private static readonly FrozenSet<string> BaseTypes = ["int", "long", "float", "bool", "str"];

    // Of both languages; a solution with such a name cannot be written in one of them.
    private static readonly FrozenSet<string> Reserved =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield", "alignas", "alignof", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "case",
        "catch", "char", "char8_t", "char16_t", "char32_t", "compl", "concept", "const", "consteval", "constexpr", "constinit",
        "const_cast", "co_await", "co_return", "co_yield", "decltype", "default", "delete", "do", "double", "dynamic_cast", "enum",
        "explicit", "export", "extern", "false", "float", "friend", "goto", "inline", "int", "long", "mutable", "namespace", "new",
        "noexcept", "not_eq", "nullptr", "operator", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
        "requires", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this",
        "thread_local", "throw", "true", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile",
        "wchar_t", "xor", "xor_eq", "main", "std",
    ];

    /// <summary>Whether the task has a function at all: clients send empty fields when it has none.</summary>
    public static bool IsOn(string? functionName, V1.TestsTypes? types) =>
        !string.IsNullOrEmpty(functionName) || types is { Input.Count: > 0 } or { Output.Count: > 0 };

    public static void Check(FieldChecks checks, string functionName, V1.TestsTypes? types, IReadOnlyList<V1.TaskTest> tests)
    {
        if (functionName.Length is 0 or > MaxNameLength || !Name().IsMatch(functionName) || Reserved.Contains(functionName))
            checks.Add("functionName", $"must be a name in Python and in C++ of at most {MaxNameLength} characters");
        types ??= new V1.TestsTypes();
        var faults = types.Input.Concat(types.Output).Where(type => !IsType(type)).ToList();
        if (types.Input.Count > MaxArguments)
            checks.Add("testsTypes.input", $"must have at most {MaxArguments} types");
        if (types.Output.Count != 1)
            checks.Add("testsTypes.output", "must have exactly one type");
        if (faults.Count > 0)
            checks.Add("testsTypes", "must be int, long, float, bool, str or a list of them, such as list[int]");
        if (faults.Count == 0 && types.Output.Count == 1 && types.Input.Count <= MaxArguments)
            CheckTests(checks, types, tests);
    }

    private static void CheckTests(FieldChecks checks, V1.TestsTypes types, IReadOnlyList<V1.TaskTest> tests)
    {
        for (var i = 0; i < tests.Count; i++)
        {
            var lines = types.Input.Count == 0 && tests[i].Input.Trim().Length == 0 ? [] : tests[i].Input.TrimEnd().Split('\n');
            if (lines.Length != types.Input.Count || !lines.Zip(types.Input).All(pair => Fits(pair.First, pair.Second)))
                checks.Add($"tests[{i}].input", "must have one line for each argument, as JSON of its type");
            if (!Fits(tests[i].Output, types.Output[0]))
                checks.Add($"tests[{i}].output", "must be JSON of the result's type");
        }
    }

    private static bool IsType(string type) => BaseTypes.Contains(type)
        || (type.StartsWith(ListOf, StringComparison.Ordinal) && type.EndsWith(']') && BaseTypes.Contains(type[ListOf.Length..^1]));

    private static bool Fits(string json, string type)
    {
        try
        {
            using var value = JsonDocument.Parse(json);
            return Fits(value.RootElement, type);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair is JSON, and no text.
            return false;
        }
    }

    private static bool Fits(JsonElement value, string type) => type switch
    {
        "int" => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _),
        "long" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "float" => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number),
        "bool" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "str" => value.ValueKind == JsonValueKind.String && value.GetString() is not null,
        _ => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Fits(item, type[ListOf.Length..^1])),
    };

    // Names that begin with an underscore are the languages' own.
    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
