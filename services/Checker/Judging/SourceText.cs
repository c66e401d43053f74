using System.Text;
using ShTP.Localization;

namespace ShTP.Checker.Judging;

/// <summary>Checks and cleans a student's source before compilation.</summary>
internal static class SourceText
{
    public const int MaxBytes = 64 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Removes a byte order mark, which would be a syntax error after inserted code.</summary>
    public static byte[] WithoutMark(byte[] source) => source.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? source[Encoding.UTF8.Preamble.Length..] : source;

    /// <summary>Why it is not a source, or null.</summary>
    public static LocalizedText? FindFault(ReadOnlySpan<byte> source)
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

        return AnswerComparison.IsBlank(source) ? "The source is empty." : null;
    }
}
