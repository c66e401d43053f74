using System.Text.Unicode;

namespace ShTP.Files.Content;

/// <summary>Distinguishes text from binary content.</summary>
internal static class TextCheck
{
    /// <summary>Valid UTF-8 without control characters other than tabs, line breaks and form feeds.</summary>
    public static bool IsText(ReadOnlySpan<byte> content) =>
        Utf8.IsValid(content) && !content.ContainsAny(ControlCharacters);

    private static readonly System.Buffers.SearchValues<byte> ControlCharacters = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, 32).Append(127).Select(b => (byte)b).Except("\t\n\f\r"u8.ToArray())]);
}
