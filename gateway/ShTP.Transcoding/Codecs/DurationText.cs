using System.Buffers.Text;

namespace ShTP.Transcoding.Codecs;

/// <summary>Durations as proto3 JSON has them: <code>["-"] 1*DIGIT ["." 1*9DIGIT] "s"</code></summary>
internal static class DurationText
{
    internal const string Expected = "must be a duration in seconds such as 1.5s";

    private const long MostSeconds = 315_576_000_000; // 10,000 years
    private const int MostNanos = 999_999_999;
    private const int LongestText = 30;

    internal static bool IsInRange(long seconds, int nanos) =>
        seconds is >= -MostSeconds and <= MostSeconds && nanos is >= -MostNanos and <= MostNanos
        && !(seconds < 0 && nanos > 0) && !(seconds > 0 && nanos < 0);

    internal static void Write(long seconds, int nanos, PooledBuffer output)
    {
        if (!IsInRange(seconds, nanos))
            throw WireReader.Malformed("a duration is out of range");
        output.WriteByte((byte)'"');
        if (seconds < 0 || nanos < 0)
            output.WriteByte((byte)'-');
        var room = output.Reserve(LongestText);
        Utf8Formatter.TryFormat(Math.Abs(seconds), room, out var count);
        output.Commit(count);
        WriteFraction(Math.Abs(nanos), output);
        output.WriteBytes("s\""u8);
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        nanos = 0;
        var negative = text is [(byte)'-', ..];
        if (negative)
            text = text[1..];
        // Utf8Parser would accept a sign.
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !Utf8Parser.TryParse(text, out seconds, out var read) || seconds > MostSeconds)
        {
            seconds = 0;
            return false;
        }

        text = text[read..];
        if (text is [(byte)'.', ..] && !TimestampText.TakeFraction(ref text, out nanos))
            return false;
        if (negative)
            (seconds, nanos) = (-seconds, -nanos);
        return text is [(byte)'s'] && IsInRange(seconds, nanos);
    }

    /// <summary>Three, six or nine digits, as few as are exact.</summary>
    private static void WriteFraction(int nanos, PooledBuffer output)
    {
        if (nanos == 0)
            return;
        var digits = nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : 9;
        var room = output.Reserve(digits + 1);
        room[0] = (byte)'.';
        for (var i = 9; i > 0; i--, nanos /= 10)
        {
            if (i <= digits)
                room[i] = (byte)('0' + (nanos % 10));
        }

        output.Commit(digits + 1);
    }
}
