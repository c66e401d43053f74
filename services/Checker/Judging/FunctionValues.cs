using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ShTP.Checker.Judging;

/// <summary>
/// The texts of tests in function mode. Input is one argument a line, or, on one line, a JSON array of all arguments or all
/// of them with spaces between; an argument is JSON (<c>5</c>, <c>1.5</c>, <c>"text"</c>, <c>[1, 2]</c>, <c>true</c>), and liberally
/// also text and characters without quotes, <c>True</c> and <c>False</c>, and a list as its values with spaces between.
/// Output is one such value. Numbers with a fraction are equal when they differ by a millionth, absolutely or relatively.
/// </summary>
internal static class FunctionValues
{
    private const double Tolerance = 1e-6;
    private static readonly char[] Spaces = [' ', '\t'];

    /// <exception cref="FaultyTaskException">The text does not fit the types.</exception>
    public static IReadOnlyList<JsonNode> ReadArguments(string text, IReadOnlyList<FunctionType> types)
    {
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (types.Count == 0)
            return [];
        if (lines.Length == types.Count)
            return [.. lines.Zip(types, ReadValue)];
        if (lines is not [var line])
            throw new FaultyTaskException($"A test has {lines.Length} lines of input for {types.Count} arguments.");
        if (TryParse(line) is JsonArray all && all.Count == types.Count)
            return [.. all.Zip(types, (value, type) => Fit(value, type) ?? throw Misfit(line, type))];
        var words = line.Split(Spaces, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == types.Count
            ? [.. words.Zip(types, ReadValue)]
            : throw new FaultyTaskException($"A test has {words.Length} values of input for {types.Count} arguments.");
    }

    /// <exception cref="FaultyTaskException">The text does not fit the type.</exception>
    public static JsonNode ReadValue(string text, FunctionType type)
    {
        var trimmed = text.Trim();
        if (Fit(TryParse(trimmed), type) is { } value)
            return value;
        if (type.Depth == 1 && !trimmed.StartsWith('['))
            return new JsonArray([.. trimmed.Split(Spaces, StringSplitOptions.RemoveEmptyEntries).Select(word => ReadValue(word, type.Element))]);
        return type switch
        {
            { Depth: > 0 } => throw Misfit(text, type),
            { Scalar: FunctionScalar.Text } => JsonValue.Create(text.TrimEnd('\r', '\n')),
            { Scalar: FunctionScalar.Character } when trimmed.Length == 1 => JsonValue.Create(trimmed),
            { Scalar: FunctionScalar.Bool } when trimmed is "True" or "1" => JsonValue.Create(true),
            { Scalar: FunctionScalar.Bool } when trimmed is "False" or "0" => JsonValue.Create(false),
            _ => throw Misfit(text, type),
        };
    }

    /// <summary>Whether what the function gave, as its harness wrote it, is the expected value.</summary>
    public static bool AreEqual(JsonNode expected, ReadOnlySpan<byte> actual, FunctionType type)
    {
        try
        {
            return AreEqual(expected, JsonNode.Parse(actual), type);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool AreEqual(JsonNode? expected, JsonNode? actual, FunctionType type)
    {
        if (type.Depth > 0)
        {
            return expected is JsonArray some && actual is JsonArray others && some.Count == others.Count
                && some.Zip(others).All(pair => AreEqual(pair.First, pair.Second, type.Element));
        }

        if (expected is null || Fit(actual, type) is not { } value)
            return false;
        if (type.Scalar != FunctionScalar.Double)
            return JsonNode.DeepEquals(expected, value);
        var (one, other) = (expected.GetValue<double>(), value.GetValue<double>());
        return Math.Abs(one - other) <= Tolerance * Math.Max(1, Math.Abs(one));
    }

    /// <summary>The value in the one form that its type has, or null when it is none of the type.</summary>
    private static JsonNode? Fit(JsonNode? value, FunctionType type)
    {
        if (type.Depth > 0)
        {
            var elements = (value as JsonArray)?.Select(element => Fit(element, type.Element)).ToArray();
            return elements is null || elements.Contains(null) ? null : new JsonArray(elements);
        }

        var text = value?.ToJsonString();
        return (type.Scalar, value?.GetValueKind()) switch
        {
            (FunctionScalar.Int, JsonValueKind.Number) when int.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            (FunctionScalar.Long, JsonValueKind.Number) when long.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            (FunctionScalar.Double, JsonValueKind.Number) when double.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            (FunctionScalar.Text, JsonValueKind.String) => JsonValue.Create(value!.GetValue<string>()),
            (FunctionScalar.Character, JsonValueKind.String) when value!.GetValue<string>().Length == 1 => JsonValue.Create(value.GetValue<string>()),
            (FunctionScalar.Bool, JsonValueKind.True or JsonValueKind.False) => JsonValue.Create(value!.GetValue<bool>()),
            _ => null,
        };
    }

    private static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FaultyTaskException Misfit(string text, FunctionType type) =>
        new($"A test has '{(text.Length > 40 ? text[..40] : text)}' where {type.Cpp} is expected.");
}
