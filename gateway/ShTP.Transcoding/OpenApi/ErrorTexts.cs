using System.Globalization;
using System.Text.RegularExpressions;
using Google.Rpc;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.OpenApi;

/// <summary>Reads the last paragraph of an RPC's comment: "Errors: NOT_FOUND when ...; INVALID_ARGUMENT ...".</summary>
internal static partial class ErrorTexts
{
    private const string Mark = "Errors:";

    /// <summary>The texts for each HTTP status, ordered by status.</summary>
    public static SortedDictionary<int, string> Read(string? comment)
    {
        var texts = new SortedDictionary<int, string>();
        var at = comment?.IndexOf(Mark, StringComparison.Ordinal) ?? -1;
        if (at < 0)
            return texts;
        foreach (var part in comment![(at + Mark.Length)..].TrimEnd('.').Split("; ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (CodeName().Match(part) is not { Success: true } match || !TryRead(match.Value, out var code))
                continue;
            // Nearly always about fields. Malformed requests are 400 for every RPC.
            var status = code == Code.InvalidArgument ? StatusCodes.Status422UnprocessableEntity : StatusMapping.ToHttp(code);
            texts[status] = texts.TryGetValue(status, out var earlier) ? $"{earlier}; {part}" : part;
        }

        return texts;
    }

    private static bool TryRead(string name, out Code code) =>
        Enum.TryParse(string.Concat(name.Split('_').Select(word => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(word.ToLowerInvariant()))), out code);

    [GeneratedRegex("^[A-Z]+(_[A-Z]+)+")]
    private static partial Regex CodeName();
}
