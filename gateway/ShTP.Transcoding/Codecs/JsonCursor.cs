using System.Buffers;
using System.Runtime.CompilerServices;
using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// A cursor that reads values in order from strict JSON (RFC 8259, without comments and trailing commas). The caller
/// has checked the UTF-8. A copy of the cursor can look ahead.
/// </summary>
internal ref partial struct JsonCursor
{
    private static readonly SearchValues<byte> EndsRun =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(unit => (byte)unit), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _json;
    private int _depthLeft;

    internal JsonCursor(ReadOnlySpan<byte> json, int maxDepth)
    {
        _json = json;
        _depthLeft = maxDepth;
    }

    internal int Position { get; private set; }

    /// <summary>The first byte of the next token, after white space; 0 at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte Peek()
    {
        var at = Position;
        if ((uint)at < (uint)_json.Length && _json[at] > ' ')
            return _json[at];
        return SkipWhiteSpace();
    }

    /// <summary>Enters an array or object; false when it is empty, and then it is left already.</summary>
    internal bool Enter(byte closing)
    {
        if (--_depthLeft < 0)
            throw Syntax("nests too deep");
        Position++;
        if (Peek() != closing)
            return true;
        Leave();
        return false;
    }

    /// <summary>Moves to the next element or member; false when the array or object ended.</summary>
    internal bool Next(byte closing)
    {
        var unit = Peek();
        if (unit == ',')
        {
            Position++;
            return true;
        }

        if (unit != closing)
            throw Syntax(closing == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
        Leave();
        return false;
    }

    /// <summary>Moves after a member's name and colon when they come next in exactly this form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReadName(ReadOnlySpan<byte> quotedNameAndColon)
    {
        if (!_json[Position..].StartsWith(quotedNameAndColon))
            return false;
        Position += quotedNameAndColon.Length;
        return true;
    }

    /// <summary>Returns a member's name, without its quotes but with its escapes, and moves after its colon.</summary>
    internal ReadOnlySpan<byte> ReadName(out bool escaped)
    {
        if (Peek() != '"')
            throw Syntax("expected a name in double quotes");
        var name = ReadString(out escaped);
        if (Peek() != ':')
            throw Syntax("expected ':'");
        Position++;
        return name;
    }

    internal bool ReadBoolean()
    {
        var value = Peek() == 't';
        ReadLiteral(value ? "true"u8 : "false"u8);
        return value;
    }

    /// <summary>Moves after null when it comes next.</summary>
    internal bool TryReadNull()
    {
        if (Peek() != 'n')
            return false;
        ReadLiteral("null"u8);
        return true;
    }

    internal ReadOnlySpan<byte> ReadNumber()
    {
        var rest = _json[Position..];
        var length = NumberText.Measure(rest);
        if (length == 0)
            throw Syntax("expected a value");
        Position += length;
        return rest[..length];
    }

    /// <summary>Moves after a value of any kind and checks it.</summary>
    internal void SkipValue()
    {
        switch (Peek())
        {
            case (byte)'"':
                ReadString(out _);
                break;
            case (byte)'{':
                if (Enter((byte)'}'))
                {
                    do
                    {
                        ReadName(out _);
                        SkipValue();
                    }
                    while (Next((byte)'}'));
                }

                break;
            case (byte)'[':
                if (Enter((byte)']'))
                {
                    do
                        SkipValue();
                    while (Next((byte)']'));
                }

                break;
            case (byte)'t':
            case (byte)'f':
                ReadBoolean();
                break;
            case (byte)'n':
                TryReadNull();
                break;
            default:
                ReadNumber();
                break;
        }
    }

    /// <summary>Requires that only white space is left.</summary>
    internal void ExpectEnd()
    {
        Peek();
        if (Position < _json.Length)
            throw Syntax("expected the end of the document");
    }

    /// <summary>Creates the syntax error for the current position.</summary>
    internal readonly RequestFormatException Syntax(LocalizedText detail) => SyntaxAt(Position, detail);

    internal readonly RequestFormatException SyntaxAt(int position, LocalizedText detail)
    {
        var before = _json[..Math.Min(position, _json.Length)];
        var line = before.Count((byte)'\n') + 1;
        var column = position - before.LastIndexOf((byte)'\n');
        LocalizedText where = position >= _json.Length ? "at its end" : (LocalizedText)$"at line {line}, byte {column}";
        return RequestFormatException.Syntax($"malformed JSON {where}: {detail}", JsonPath.Find(_json, position));
    }

    private void Leave()
    {
        Position++;
        _depthLeft++;
    }

    private void ReadLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_json[Position..].StartsWith(literal))
            throw Syntax("expected a value");
        Position += literal.Length;
    }

    private byte SkipWhiteSpace()
    {
        while (Position < _json.Length)
        {
            var unit = _json[Position];
            if (unit is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                return unit;
            Position++;
        }

        return 0;
    }
}
