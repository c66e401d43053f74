using System.Globalization;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Numbers in the grammar of JSON, for JSON itself, its strings, paths and queries.
/// <code>["-"] (0 | 1-9 *DIGIT) ["." 1*DIGIT] [("e" | "E") ["+" | "-"] 1*DIGIT]</code>
/// </summary>
internal static class NumberText
{
    private const int MostExponent = 10_000;

    /// <summary>Number of leading bytes that form a number; 0 when there are none.</summary>
    internal static int Measure(ReadOnlySpan<byte> text)
    {
        var at = text is [(byte)'-', ..] ? 1 : 0;
        var whole = Digits(text, at);
        if (whole == 0 || (whole > 1 && text[at] == '0'))
            return 0;
        at += whole;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = Digits(text, at + 1);
            if (fraction == 0)
                return 0;
            at += 1 + fraction;
        }

        if (at < text.Length && (text[at] | 0x20) == 'e')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
                at++;
            var exponent = Digits(text, at);
            if (exponent == 0)
                return 0;
            at += exponent;
        }

        return at;
    }

    /// <summary>Parses an integer, also when written as 1.0 or 1e3, exactly; false when it has a fraction or is out of range.</summary>
    internal static bool TryInteger(ReadOnlySpan<byte> number, out bool negative, out ulong magnitude)
    {
        negative = number[0] == '-';
        var digits = negative ? number[1..] : number;
        magnitude = 0;
        if (digits.Length <= 18 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            foreach (var unit in digits)
                magnitude = (magnitude * 10) + (uint)(unit - '0');
            return true;
        }

        var scale = 0;
        var afterPoint = false;
        // Zeros count only when another digit follows: 1.000 and 1000e-3 are whole.
        var zeros = 0;
        foreach (var unit in digits)
        {
            if (unit == '.')
            {
                afterPoint = true;
                continue;
            }

            if ((unit | 0x20) == 'e')
                break;
            if (afterPoint)
                scale--;
            if (unit == '0')
            {
                zeros++;
                continue;
            }

            if (magnitude != 0 && !TryShift(ref magnitude, zeros))
                return false;
            if (magnitude > (ulong.MaxValue - (uint)(unit - '0')) / 10)
                return false;
            magnitude = (magnitude * 10) + (uint)(unit - '0');
            zeros = 0;
        }

        if (magnitude == 0)
            return true;
        var exponent = Exponent(digits) + scale + zeros;
        return exponent >= 0 && TryShift(ref magnitude, exponent);
    }

    internal static bool TryDouble(ReadOnlySpan<byte> number, out double value) =>
        double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    internal static bool TryFloat(ReadOnlySpan<byte> number, out float value) =>
        float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && float.IsFinite(value);

    private static bool TryShift(ref ulong magnitude, int tens)
    {
        if (tens >= 20)
            return false;
        for (; tens > 0; tens--)
        {
            if (magnitude > ulong.MaxValue / 10)
                return false;
            magnitude *= 10;
        }

        return true;
    }

    /// <summary>Limited to a size that is far out of every range.</summary>
    private static int Exponent(ReadOnlySpan<byte> digits)
    {
        var at = digits.IndexOfAny((byte)'e', (byte)'E');
        if (at < 0)
            return 0;
        var negative = digits[at + 1] == '-';
        var value = 0;
        foreach (var unit in digits[(at + 1)..].TrimStart("+-"u8))
            value = Math.Min((value * 10) + (unit - '0'), MostExponent);
        return negative ? -value : value;
    }

    private static int Digits(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9')
            at++;
        return at - start;
    }
}
