using System.Text;
using System.Text.RegularExpressions;

namespace ShTP.Checker.Judging;

/// <summary>Cleans the output of a compiler or a program for display: bounded, without paths of the sandbox and control characters.</summary>
internal static partial class CompilerMessage
{
    public const int MaxBytes = 4 * 1024;

    /// <param name="raw">The output.</param>
    /// <param name="maxBytes">Largest size of the result.</param>
    /// <param name="keepsEnd">Keeps the end instead of the beginning: the last lines of a program have the cause, the first lines of a compiler.</param>
    public static string Clean(ReadOnlySpan<byte> raw, int maxBytes = MaxBytes, bool keepsEnd = false)
    {
        var text = Folders().Replace(Encoding.UTF8.GetString(raw), "");
        text = ControlCharacters().Replace(text, "").Trim();
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
            return text;
        Rune[] runes = [.. text.EnumerateRunes()];
        if (keepsEnd)
            Array.Reverse(runes);
        var bytes = 3;
        var kept = runes.TakeWhile(rune => (bytes += rune.Utf8SequenceLength) <= maxBytes);
        return keepsEnd ? "…" + string.Concat(kept.Reverse()) : string.Concat(kept) + "…";
    }

    [GeneratedRegex(@"/(box|tmp|headers)/")]
    private static partial Regex Folders();

    [GeneratedRegex(@"[\p{Cc}-[\n\t]]")]
    private static partial Regex ControlCharacters();
}
