namespace ShTP.Transcoding.Codecs;

/// <summary>
/// Times as ShTP writes them: naive UTC, always six fraction digits, because both clients break on a zone and the
/// Android client on fewer digits. Read with or without seconds, fraction and zone:
/// <code>yyyy-MM-dd ("T" | "t" | " ") HH:mm [":" ss ["." 1*9DIGIT]] ["Z" | "z" | ("+" | "-") HH ":" mm]</code>
/// </summary>
internal static class TimestampText
{
    internal const string Expected = "must be a time such as 2023-09-01T10:00:00.123456, in UTC unless it names a zone, of the years 0001 to 9999";

    private const long FirstSecond = -62_135_596_800; // 0001-01-01T00:00:00Z
    private const long LastSecond = 253_402_300_799; // 9999-12-31T23:59:59Z
    private const int NanosPerMicro = 1000;
    private const int MostNanos = 999_999_999;
    private const int Length = 28; // both quotes included

    internal static bool IsInRange(long seconds, int nanos) =>
        seconds is >= FirstSecond and <= LastSecond && nanos is >= 0 and <= MostNanos;

    /// <summary>Truncates to microseconds.</summary>
    internal static void Write(long seconds, int nanos, PooledBuffer output)
    {
        if (!IsInRange(seconds, nanos))
            throw WireReader.Malformed("a timestamp is out of range");
        var time = DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond);
        var room = output.Reserve(Length);
        var (year, month, day) = DateOnly.FromDateTime(time);
        var second = (int)(time.TimeOfDay.Ticks / TimeSpan.TicksPerSecond);
        room[0] = (byte)'"';
        Digits(room[1..5], year);
        room[5] = (byte)'-';
        Digits(room[6..8], month);
        room[8] = (byte)'-';
        Digits(room[9..11], day);
        room[11] = (byte)'T';
        Digits(room[12..14], second / 3600);
        room[14] = (byte)':';
        Digits(room[15..17], second / 60 % 60);
        room[17] = (byte)':';
        Digits(room[18..20], second % 60);
        room[20] = (byte)'.';
        Digits(room[21..27], nanos / NanosPerMicro);
        room[27] = (byte)'"';
        output.Commit(Length);
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        if (text.Length < 16
            || !Number(text[..4], out var year) || text[4] != '-'
            || !Number(text[5..7], out var month) || text[7] != '-'
            || !Number(text[8..10], out var day)
            || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || !Number(text[11..13], out var hour) || text[13] != ':'
            || !Number(text[14..16], out var minute))
            return false;
        text = text[16..];
        var second = 0;
        if (text is [(byte)':', _, _, ..])
        {
            if (!Number(text[1..3], out second))
                return false;
            text = text[3..];
            if (text is [(byte)'.', ..] && !TakeFraction(ref text, out nanos))
                return false;
        }

        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59 || !TryOffset(text, out var offset))
            return false;
        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        seconds = (ticks / TimeSpan.TicksPerSecond) - offset;
        return IsInRange(seconds, nanos);
    }

    /// <summary>Offset east of UTC in seconds; without one it is UTC.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> text, out int offset)
    {
        offset = 0;
        if (text is [] or [(byte)'Z'] or [(byte)'z'])
            return true;
        if (text is not [(byte)'+' or (byte)'-', _, _, (byte)':', _, _]
            || !Number(text[1..3], out var hours) || !Number(text[4..6], out var minutes) || hours > 23 || minutes > 59)
            return false;
        offset = ((hours * 60) + minutes) * (text[0] == '-' ? -60 : 60);
        return true;
    }

    /// <summary>A point and one to nine digits, as nanoseconds.</summary>
    internal static bool TakeFraction(ref ReadOnlySpan<byte> text, out int nanos)
    {
        var count = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (count < 0)
            count = text.Length - 1;
        nanos = 0;
        if (count is 0 or > 9 || !Number(text.Slice(1, count), out nanos))
            return false;
        for (var digit = count; digit < 9; digit++)
            nanos *= 10;
        text = text[(count + 1)..];
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + (digit - '0');
        }

        return true;
    }

    private static void Digits(Span<byte> room, int value)
    {
        for (var i = room.Length - 1; i >= 0; i--)
        {
            var rest = value / 10;
            room[i] = (byte)('0' + value - (rest * 10));
            value = rest;
        }
    }
}
