using System.Buffers;
using System.Globalization;
using ShTP.Functions;

namespace ShTP.Checker.Judging;

/// <summary>Compares printed output with the expected one.</summary>
internal static class AnswerComparison
{
    // Longer words are not treated as numbers.
    private const int MaxNumberLength = 400;

    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\r\n\f\v"u8);

    public static bool IsBlank(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(WhiteSpace);

    /// <param name="expected">The expected output, with line feeds only.</param>
    /// <param name="actual">The printed output.</param>
    /// <param name="checker">The kind of comparison.</param>
    /// <param name="tolerance">Of numbers, absolutely or relatively.</param>
    public static bool AreEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, AnswerChecker checker, double tolerance) => checker switch
    {
        AnswerChecker.Exact => AreSameLines(expected, actual),
        AnswerChecker.Floats => AreEqual(expected, actual, tolerance),
        _ => AreEqual(expected, actual, tolerance: null),
    };

    // Splits into words between white space, so that extra spaces and line ends are accepted.
    private static bool AreEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, double? tolerance)
    {
        while (true)
        {
            var one = TakeToken(ref expected);
            var other = TakeToken(ref actual);
            if (!one.SequenceEqual(other) && !(tolerance is { } allowed && ReadNumber(one) is { } number && ReadNumber(other) is { } printed && FunctionValues.AreClose(number, printed, allowed)))
                return false;
            if (one.IsEmpty)
                return true;
        }
    }

    private static double? ReadNumber(ReadOnlySpan<byte> word) =>
        word.Length <= MaxNumberLength && double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    // A missing end of the last line is accepted, because it is invisible.
    private static bool AreSameLines(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        while (!expected.IsEmpty && !actual.IsEmpty)
        {
            if (!TakeLine(ref expected).SequenceEqual(TakeLine(ref actual)))
                return false;
        }

        return expected.IsEmpty && actual.IsEmpty;
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
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
