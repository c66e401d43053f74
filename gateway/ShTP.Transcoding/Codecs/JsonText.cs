using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ShTP.Transcoding.Codecs;

/// <summary>JSON texts of single values, UTF-8 unescaped: only what RFC 8259 (7) demands is escaped.</summary>
internal static class JsonText
{
    private const int LongestInteger = 20;
    private const int LongestNumber = 32;
    private const int LongestEscape = 6;

    private static readonly SearchValues<byte> MustEscape =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(unit => (byte)unit), (byte)'"', (byte)'\\']);

    internal static byte[] Quote(string text)
    {
        using var buffer = new PooledBuffer();
        WriteString(Encoding.UTF8.GetBytes(text), buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The UTF-8 is not checked here: the codec checks the whole document once.</summary>
    internal static void WriteString(ReadOnlySpan<byte> text, PooledBuffer output)
    {
        if (text.IndexOfAny(MustEscape) >= 0)
        {
            WriteEscaped(text, output);
            return;
        }

        var room = output.Reserve(text.Length + 2);
        room[0] = (byte)'"';
        text.CopyTo(room[1..]);
        room[text.Length + 1] = (byte)'"';
        output.Commit(text.Length + 2);
    }

    internal static void WriteInt32(int value, PooledBuffer output)
    {
        Utf8Formatter.TryFormat(value, output.Reserve(LongestInteger), out var count);
        output.Commit(count);
    }

    internal static void WriteUInt32(uint value, PooledBuffer output)
    {
        Utf8Formatter.TryFormat(value, output.Reserve(LongestInteger), out var count);
        output.Commit(count);
    }

    /// <summary>As a string: JavaScript's numbers are exact up to 2^53 only.</summary>
    internal static void WriteInt64(long value, PooledBuffer output)
    {
        var room = output.Reserve(LongestInteger + 2);
        room[0] = (byte)'"';
        Utf8Formatter.TryFormat(value, room[1..], out var count);
        room[count + 1] = (byte)'"';
        output.Commit(count + 2);
    }

    /// <summary>As a string: JavaScript's numbers are exact up to 2^53 only.</summary>
    internal static void WriteUInt64(ulong value, PooledBuffer output)
    {
        var room = output.Reserve(LongestInteger + 2);
        room[0] = (byte)'"';
        Utf8Formatter.TryFormat(value, room[1..], out var count);
        room[count + 1] = (byte)'"';
        output.Commit(count + 2);
    }

    internal static void WriteDouble(double value, PooledBuffer output)
    {
        if (!double.IsFinite(value))
        {
            output.WriteBytes(double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);
            return;
        }

        value.TryFormat(output.Reserve(LongestNumber), out var count, default, CultureInfo.InvariantCulture);
        output.Commit(count);
    }

    internal static void WriteFloat(float value, PooledBuffer output)
    {
        if (!float.IsFinite(value))
        {
            WriteDouble(value, output);
            return;
        }

        value.TryFormat(output.Reserve(LongestNumber), out var count, default, CultureInfo.InvariantCulture);
        output.Commit(count);
    }

    internal static void WriteBase64(ReadOnlySpan<byte> content, PooledBuffer output)
    {
        output.WriteByte((byte)'"');
        Base64.EncodeToUtf8(content, output.Reserve(Base64.GetMaxEncodedToUtf8Length(content.Length)), out _, out var count);
        output.Commit(count);
        output.WriteByte((byte)'"');
    }

    private static void WriteEscaped(ReadOnlySpan<byte> text, PooledBuffer output)
    {
        output.WriteByte((byte)'"');
        int stop;
        while ((stop = text.IndexOfAny(MustEscape)) >= 0)
        {
            output.WriteBytes(text[..stop]);
            WriteEscape(text[stop], output);
            text = text[(stop + 1)..];
        }

        output.WriteBytes(text);
        output.WriteByte((byte)'"');
    }

    private static void WriteEscape(byte unit, PooledBuffer output)
    {
        var shortForm = unit switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => default,
        };
        if (shortForm != default)
        {
            output.WriteByte((byte)'\\');
            output.WriteByte(shortForm);
            return;
        }

        var room = output.Reserve(LongestEscape);
        "\\u00"u8.CopyTo(room);
        room[4] = (byte)"0123456789abcdef"[unit >> 4];
        room[5] = (byte)"0123456789abcdef"[unit & 0xf];
        output.Commit(LongestEscape);
    }
}
