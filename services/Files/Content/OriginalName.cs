using System.Globalization;

namespace ShTP.Files.Content;

/// <summary>The file name that a client sent, cleaned for display.</summary>
internal static class OriginalName
{
    private const int MaxLength = 255;

    /// <summary>Allowed extensions of sources, from which the clients derive the language.</summary>
    private static readonly HashSet<string> SourceExtensions = ["py", "cpp"];

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

    /// <summary>The extension of a stored name: that of the type, but sources keep their language's.</summary>
    public static string ExtensionFor(MediaType type, string cleanName)
    {
        var own = Path.GetExtension(cleanName).TrimStart('.').ToLowerInvariant();
        return type == MediaType.Text && SourceExtensions.Contains(own) ? own : type.Extension;
    }
}
