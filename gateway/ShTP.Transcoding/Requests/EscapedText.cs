using System.Globalization;
using System.Text.Unicode;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Codecs;

namespace ShTP.Transcoding.Requests;

/// <summary>The percent-escapes of a URL. The framework keeps escapes that are not UTF-8 unchanged; here they are an error.</summary>
internal static class EscapedText
{
    /// <summary>Refuses a request target whose escapes are not UTF-8.</summary>
    /// <exception cref="ProblemException">400.</exception>
    public static void RefuseInvalid(string target)
    {
        if (target.Contains('%', StringComparison.Ordinal) && !IsUtf8(target))
            throw new ProblemException(Problem.Malformed("The URL is not valid UTF-8"));
    }

    private static bool IsUtf8(ReadOnlySpan<char> target)
    {
        using var bytes = new PooledBuffer(target.Length);
        for (var i = 0; i < target.Length; i++)
        {
            if (target[i] == '%' && i + 2 < target.Length && byte.TryParse(target.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                bytes.WriteByte(escaped);
                i += 2;
            }
            else
            {
                bytes.WriteByte((byte)target[i]); // Kestrel accepts only ASCII
            }
        }

        return Utf8.IsValid(bytes.WrittenSpan);
    }
}
