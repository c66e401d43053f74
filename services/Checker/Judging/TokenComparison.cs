using System.Buffers;

namespace ShTP.Checker.Judging;

/// <summary>Compares answers as the words between white space, so that spaces and line ends are nobody's mistake.</summary>
internal static class TokenComparison
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n\f\v"u8);

    public static bool IsBlank(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(WhiteSpace);

    public static bool AreEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        while (true)
        {
            var one = TakeToken(ref expected);
            var other = TakeToken(ref actual);
            if (!one.SequenceEqual(other))
                return false;
            if (one.IsEmpty)
                return true;
        }
    }

    private static ReadOnlySpan<byte> TakeToken(ref ReadOnlySpan<byte> text)
    {
        var start = text.IndexOfAnyExcept(WhiteSpace);
        text = start < 0 ? [] : text[start..];
        var end = text.IndexOfAny(WhiteSpace);
        var token = end < 0 ? text : text[..end];
        text = text[token.Length..];
        return token;
    }
}
