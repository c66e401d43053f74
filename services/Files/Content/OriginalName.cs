using System.Globalization;

namespace ShTP.Files.Content;

/// <summary>The file name that a client sent, cleaned for display.</summary>
internal static class OriginalName
{
    private const int MaxLength = 255;

    /// <summary>The last part of the path without control and invisible characters, at most 255 characters; <c>file</c> when it would be empty.</summary>
    public static string Clean(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var shown = string.Concat(last.EnumerateRunes()
            .Where(r => System.Text.Rune.GetUnicodeCategory(r) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate))).Trim();
        if (shown.Length > MaxLength)
            shown = shown[..(char.IsHighSurrogate(shown[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return shown is "" or "." or ".." ? "file" : shown;
    }
}
