using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ShTP.Functions;

/// <summary>
/// Values of functions: read from the texts of tests, and compared. In the form that all of them have here, text is text, a list
/// is an array, and a map is an array of pairs of key and value, ordered by key.
/// </summary>
/// <remarks>
/// A test has one line of JSON for each argument, and JSON for the result; a map is an object or an array of pairs.
/// Text that does not fit is read as words between white space, as programs read standard input, but only where the
/// types leave no ambiguity. See <see cref="PlainText"/>.
/// </remarks>
public static class FunctionValues
{
    /// <summary>Default tolerance of fractional numbers, absolute or relative.</summary>
    public const double DefaultTolerance = 1e-6;

    /// <summary>Parses the arguments of a test's input; null when it does not fit the types.</summary>
    public static IReadOnlyList<JsonNode>? ReadArguments(string text, IReadOnlyList<FunctionType> types)
    {
        text = TestText.Normalize(text);
        if (types.Count == 0)
            return string.IsNullOrWhiteSpace(text) ? [] : null;
        var lines = text.TrimEnd().Split('\n');
        var byLine = lines.Length == types.Count ? All(lines.Zip(types, (line, type) => ReadJson(line, type) ?? PlainText.ReadLine(line, type))) : null;
        return byLine ?? PlainText.ReadWords(text, types);
    }

    /// <summary>Parses the result of a test's output; null when it does not fit the type.</summary>
    public static JsonNode? ReadResult(string text, FunctionType type)
    {
        text = TestText.Normalize(text);
        return ReadJson(text, type) ?? PlainText.ReadResult(text, type);
    }

    /// <summary>Parses the output of a harness; null when it does not have the type.</summary>
    public static JsonNode? ReadJson(ReadOnlyMemory<byte> json, FunctionType type)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Fit(document.RootElement, type);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // A function can return any bytes: invalid UTF-8 or half a surrogate pair parses, and fails only when it is read.
            return null;
        }
    }

    /// <summary>Whether two values of the type are equal.</summary>
    public static bool AreEqual(JsonNode expected, JsonNode actual, FunctionType type, double tolerance = DefaultTolerance)
    {
        switch (type.Kind)
        {
            case FunctionKind.List:
                return AreEqual(expected.AsArray(), actual.AsArray(), (one, other) => AreEqual(one, other, type.Element!, tolerance));
            case FunctionKind.Map:
                return AreEqual(expected.AsArray(), actual.AsArray(), (one, other) =>
                    AreEqual(one[0]!, other[0]!, type.Key!, tolerance) && AreEqual(one[1]!, other[1]!, type.Element!, tolerance));
            case FunctionKind.Fraction:
                return AreClose(expected.GetValue<double>(), actual.GetValue<double>(), tolerance);
            default:
                return JsonNode.DeepEquals(expected, actual);
        }
    }

    /// <summary>Whether two numbers differ by no more than the tolerance, absolutely or relatively.</summary>
    public static bool AreClose(double expected, double actual, double tolerance) =>
        Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));

    internal static JsonArray ToMap(IEnumerable<(JsonNode Key, JsonNode Value)> entries) =>
        [.. entries.OrderBy(entry => entry.Key, Comparer<JsonNode>.Create(CompareKeys)).Select(entry => new JsonArray(entry.Key, entry.Value))];

    internal static JsonNode[]? All(IEnumerable<JsonNode?> nodes)
    {
        var all = new List<JsonNode>();
        foreach (var node in nodes)
        {
            if (node is null)
                return null;
            all.Add(node);
        }

        return [.. all];
    }

    private static JsonNode? ReadJson(string text, FunctionType type) => ReadJson(Encoding.UTF8.GetBytes(text), type);

    /// <summary>Converts a value to the normal form of its type; null when it does not have the type.</summary>
    private static JsonNode? Fit(JsonElement value, FunctionType type) => (type.Kind, value.ValueKind) switch
    {
        (FunctionKind.Number32, JsonValueKind.Number) when value.TryGetInt32(out var number) => JsonValue.Create(number),
        (FunctionKind.Number64, JsonValueKind.Number) when value.TryGetInt64(out var number) => JsonValue.Create(number),
        (FunctionKind.Fraction, JsonValueKind.Number) when value.TryGetDouble(out var number) && double.IsFinite(number) => JsonValue.Create(number),
        (FunctionKind.Bool, JsonValueKind.True or JsonValueKind.False) => JsonValue.Create(value.GetBoolean()),
        (FunctionKind.Text, JsonValueKind.String) => JsonValue.Create(value.GetString()),
        (FunctionKind.Letter, JsonValueKind.String) when value.GetString() is [var letter] && char.IsAscii(letter) => JsonValue.Create($"{letter}"),
        (FunctionKind.List, JsonValueKind.Array) when All(value.EnumerateArray().Select(item => Fit(item, type.Element!))) is { } items => new JsonArray(items),
        (FunctionKind.Map, JsonValueKind.Object) => FitMap(value.EnumerateObject().Select(entry => (FitKey(entry.Name, type.Key!), Fit(entry.Value, type.Element!)))),
        (FunctionKind.Map, JsonValueKind.Array) => FitMap(value.EnumerateArray().Select(entry =>
            entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2 ? (Fit(entry[0], type.Key!), Fit(entry[1], type.Element!)) : (null, null))),
        _ => null,
    };

    private static JsonArray? FitMap(IEnumerable<(JsonNode? Key, JsonNode? Value)> entries)
    {
        var all = new List<(JsonNode Key, JsonNode Value)>();
        foreach (var (key, value) in entries)
        {
            if (key is null || value is null)
                return null;
            all.Add((key, value));
        }

        var map = ToMap(all);
        return map.Zip(map.Skip(1)).Any(pair => CompareKeys(pair.First![0]!, pair.Second![0]!) == 0) ? null : map;
    }

    // Object keys are strings in JSON for every key type.
    private static JsonNode? FitKey(string key, FunctionType type) =>
        type.Kind switch
        {
            FunctionKind.Text => JsonValue.Create(key),
            FunctionKind.Letter => key is [var letter] && char.IsAscii(letter) ? JsonValue.Create(key) : null,
            _ => ReadJson(key, type),
        };

    private static int CompareKeys(JsonNode one, JsonNode other) => one.GetValueKind() switch
    {
        JsonValueKind.String => string.CompareOrdinal(one.GetValue<string>(), other.GetValue<string>()),
        JsonValueKind.True or JsonValueKind.False => one.GetValue<bool>().CompareTo(other.GetValue<bool>()),
        _ when one.AsValue().TryGetValue<int>(out var number) => number.CompareTo(other.GetValue<int>()),
        _ when one.AsValue().TryGetValue<long>(out var number) => number.CompareTo(other.GetValue<long>()),
        _ => one.GetValue<double>().CompareTo(other.GetValue<double>()),
    };

    private static bool AreEqual(JsonArray expected, JsonArray actual, Func<JsonNode, JsonNode, bool> areEqual) =>
        expected.Count == actual.Count && expected.Zip(actual).All(pair => areEqual(pair.First!, pair.Second!));
}
