using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ShTP.Checker.Judging;

/// <summary>
/// The texts of tests in function mode: one line of JSON for each argument, and JSON for the result. Numbers with a fraction are
/// equal when they differ by a millionth, absolutely or relatively.
/// </summary>
internal static class FunctionValues
{
    private const double Tolerance = 1e-6;

    /// <exception cref="FaultyTaskException">The text does not fit the types.</exception>
    public static IReadOnlyList<JsonNode> ReadArguments(string text, IReadOnlyList<FunctionType> types)
    {
        var lines = types.Count == 0 && string.IsNullOrWhiteSpace(text) ? [] : text.TrimEnd().Split('\n');
        return lines.Length == types.Count
            ? [.. lines.Zip(types, ReadValue)]
            : throw new FaultyTaskException($"A test has {lines.Length} lines of input for {types.Count} arguments.");
    }

    /// <exception cref="FaultyTaskException">The text does not fit the type.</exception>
    public static JsonNode ReadValue(string text, FunctionType type) => TryFit(Encoding.UTF8.GetBytes(text), type)
        ?? throw new FaultyTaskException($"A test has '{(text.Length > 40 ? text[..40] : text)}' where {type.Cpp} is expected.");

    /// <summary>Whether what the function gave, as its harness wrote it, is the expected value.</summary>
    public static bool AreEqual(JsonNode expected, ReadOnlySpan<byte> actual, FunctionType type) =>
        TryFit(actual, type) is { } value && AreEqual(expected, value, type);

    private static bool AreEqual(JsonNode? expected, JsonNode? actual, FunctionType type)
    {
        if (type.IsList)
        {
            return expected is JsonArray some && actual is JsonArray others && some.Count == others.Count
                && some.Zip(others).All(pair => AreEqual(pair.First, pair.Second, type.Element));
        }

        if (expected is null || actual is null)
            return false;
        if (type.Scalar != FunctionScalar.Double)
            return JsonNode.DeepEquals(expected, actual);
        var (one, other) = (expected.GetValue<double>(), actual.GetValue<double>());
        return Math.Abs(one - other) <= Tolerance * Math.Max(1, Math.Abs(one));
    }

    // A function can give any bytes: text that is no UTF-8, or half a surrogate pair, parses and fails only when it is read.
    private static JsonNode? TryFit(ReadOnlySpan<byte> json, FunctionType type)
    {
        try
        {
            return Fit(JsonNode.Parse(json), type);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The value in the one form that its type has, or null when it is none of the type.</summary>
    private static JsonNode? Fit(JsonNode? value, FunctionType type)
    {
        if (type.IsList)
        {
            var elements = (value as JsonArray)?.Select(element => Fit(element, type.Element)).ToArray();
            return elements is null || elements.Contains(null) ? null : new JsonArray(elements);
        }

        var text = value?.ToJsonString();
        return (type.Scalar, value?.GetValueKind()) switch
        {
            (FunctionScalar.Int, JsonValueKind.Number) when int.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            (FunctionScalar.Long, JsonValueKind.Number) when long.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            (FunctionScalar.Double, JsonValueKind.Number) when double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
            (FunctionScalar.Text, JsonValueKind.String) => JsonValue.Create(value!.GetValue<string>()),
            (FunctionScalar.Bool, JsonValueKind.True or JsonValueKind.False) => JsonValue.Create(value!.GetValue<bool>()),
            _ => null,
        };
    }
}
