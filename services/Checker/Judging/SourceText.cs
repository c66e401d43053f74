using System.Text;

namespace ShTP.Checker.Judging;

/// <summary>What a student sent, before a compiler sees it.</summary>
internal static class SourceText
{
    public const int MaxBytes = 64 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Why it is no source, or null.</summary>
    public static string? FindFault(ReadOnlySpan<byte> source)
    {
        if (source.Length > MaxBytes)
            return $"The source is longer than {MaxBytes / 1024} KiB.";
        if (source.Contains((byte)0))
            return "The source holds zero bytes: it is no text.";
        try
        {
            _ = Strict.GetCharCount(source);
        }
        catch (DecoderFallbackException)
        {
            return "The source is no UTF-8 text.";
        }

        return TokenComparison.IsBlank(source) ? "The source is empty." : null;
    }
}
