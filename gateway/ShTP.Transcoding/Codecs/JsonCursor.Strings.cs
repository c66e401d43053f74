using System.Text;

namespace ShTP.Transcoding.Codecs;

// Strings: found first, with every escape checked, and unescaped only where an escape was seen.
internal ref partial struct JsonCursor
{
    private const int HexDigits = 4;

    /// <summary>The raw content of a string without its quotes.</summary>
    internal ReadOnlySpan<byte> ReadString(out bool escaped)
    {
        escaped = false;
        var start = Position + 1;
        var at = start;
        while (true)
        {
            var run = _json[at..].IndexOfAny(EndsRun);
            if (run < 0)
                throw SyntaxAt(_json.Length, "a string does not end");
            at += run;
            if (_json[at] == '"')
            {
                Position = at + 1;
                return _json[start..at];
            }

            if (_json[at] != '\\')
                throw SyntaxAt(at, "a control character in a string must be escaped");
            escaped = true;
            at += CheckEscape(at);
        }
    }

    /// <summary>Writes the decoded content of a string with checked escapes.</summary>
    internal static void Unescape(ReadOnlySpan<byte> text, PooledBuffer output)
    {
        int stop;
        while ((stop = text.IndexOf((byte)'\\')) >= 0)
        {
            output.WriteBytes(text[..stop]);
            text = text[(stop + 1)..];
            var length = 1;
            if (text[0] == 'u')
            {
                length = 1 + HexDigits;
                var value = Hex(text[1..]);
                if (char.IsHighSurrogate((char)value))
                {
                    value = char.ConvertToUtf32((char)value, (char)Hex(text[(length + 2)..]));
                    length += 2 + HexDigits;
                }

                output.Commit(new Rune(value).EncodeToUtf8(output.Reserve(4)));
            }
            else
            {
                output.WriteByte(text[0] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var same => same,
                });
            }

            text = text[length..];
        }

        output.WriteBytes(text);
    }

    /// <summary>Returns the length of the escape at a position; half a surrogate pair is refused.</summary>
    private readonly int CheckEscape(int at)
    {
        var rest = _json[(at + 1)..];
        if (rest.IsEmpty)
            throw SyntaxAt(_json.Length, "a string does not end");
        if (rest[0] != 'u')
            return "\"\\/bfnrt"u8.Contains(rest[0]) ? 2 : throw SyntaxAt(at, "an escape is invalid");
        var value = rest.Length > HexDigits ? Hex(rest[1..]) : -1;
        if (value < 0)
            throw SyntaxAt(at, "an escape is invalid");
        if (!char.IsSurrogate((char)value))
            return 2 + HexDigits;
        var second = rest[(1 + HexDigits)..];
        if (char.IsLowSurrogate((char)value) || !second.StartsWith("\\u"u8) || second.Length < 2 + HexDigits || Hex(second[2..]) is not (>= 0xdc00 and <= 0xdfff))
            throw SyntaxAt(at, "an escape is half a surrogate pair");
        return 2 * (2 + HexDigits);
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits[..HexDigits])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return -1;
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }
}
