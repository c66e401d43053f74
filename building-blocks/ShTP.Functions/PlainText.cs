using System.Globalization;
using System.Text.Json.Nodes;

namespace ShTP.Functions;

/// <summary>
/// Reads values as programs read and print them: words between white space, text without quotes. Only unambiguous text
/// is read: at most one list per line, no list of lists, no map, and no list whose first word is the count of the
/// others.
/// </summary>
internal static class PlainText
{
    private static readonly FunctionType[] NoTypes = [];

    /// <summary>Parses the only value of a line; null when it does not have the type.</summary>
    public static JsonNode? ReadLine(string line, FunctionType type) => ReadWords(line, [type]) is [var value] ? value : null;

    /// <summary>Parses all words across lines; null when they do not fit the types, or fit in two ways.</summary>
    public static IReadOnlyList<JsonNode>? ReadWords(string text, IReadOnlyList<FunctionType> types)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var list = types.Index().FirstOrDefault(entry => !entry.Item.IsScalar, (Index: types.Count, Item: null!)).Index;
        var after = list == types.Count ? NoTypes : [.. types.Skip(list + 1)];
        if (after.Any(type => !type.IsScalar) || words.Length < list + after.Length)
            return null;
        var items = words[list..^after.Length];
        var before = FunctionValues.All(words.Zip(types.Take(list), ReadWord));
        var behind = FunctionValues.All(words[^after.Length..].Zip(after, ReadWord));
        if (before is null || behind is null)
            return null;
        if (list == types.Count)
            return items.Length == 0 ? before : null;
        return ReadList(items, types[list]) is { } value ? [.. before, value, .. behind] : null;
    }

    /// <summary>A printed result; text is the whole output.</summary>
    public static JsonNode? ReadResult(string text, FunctionType type)
    {
        if (type.Kind != FunctionKind.Text)
            return ReadLine(text, type);
        text = text.TrimEnd('\n');
        return LooksLikeJson(text) ? null : JsonValue.Create(text);
    }

    private static JsonArray? ReadList(string[] words, FunctionType type)
    {
        if (type is not { Kind: FunctionKind.List, Element: { IsScalar: true } element } || (words.Length > 0 && words[0] == $"{words.Length - 1}"))
            return null;
        return FunctionValues.All(words.Select(word => ReadWord(word, element))) is { } items ? new JsonArray(items) : null;
    }

    private static JsonNode? ReadWord(string word, FunctionType type) => type.Kind switch
    {
        FunctionKind.Number32 when int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        FunctionKind.Number64 when long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        FunctionKind.Fraction when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        FunctionKind.Bool when word is "1" or "true" or "True" => JsonValue.Create(true),
        FunctionKind.Bool when word is "0" or "false" or "False" => JsonValue.Create(false),
        FunctionKind.Letter when word is [var letter] && char.IsAscii(letter) => JsonValue.Create(word),
        FunctionKind.Text when !LooksLikeJson(word) => JsonValue.Create(word),
        _ => null,
    };

    // Malformed JSON must not become text with quotes in it.
    private static bool LooksLikeJson(string text) => text.TrimStart() is ['"' or '[' or '{', ..];
}
