using System.Text;
using System.Text.RegularExpressions;

namespace ShTP.Checker.Judging;

/// <summary>Makes text that a compiler or a program wrote fit to show: bounded, without paths of the sandbox, without control characters.</summary>
internal static partial class CompilerMessage
{
    public const int MaxBytes = 4 * 1024;

    public static string Clean(ReadOnlySpan<byte> raw, int maxBytes = MaxBytes)
    {
        var text = Folders().Replace(Encoding.UTF8.GetString(raw), "");
        text = ControlCharacters().Replace(text, "").Trim();
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        var shortened = new StringBuilder();
        var bytes = 3;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
                break;
            shortened.Append(rune);
        }

        return shortened.Append('…').ToString();
    }

    [GeneratedRegex(@"/(box|tmp|headers)/")]
    private static partial Regex Folders();

    [GeneratedRegex(@"[\p{Cc}-[\n\t]]")]
    private static partial Regex ControlCharacters();
}
