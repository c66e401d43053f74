using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ShTP.Localization;

namespace ShTP.Transcoding.Codecs;

/// <summary>A cursor over protobuf bytes. Every fault is a <see cref="RequestFormatException"/> about the syntax.</summary>
internal ref struct WireReader
{
    private const int LongestVarint = 10;

    private readonly ReadOnlySpan<byte> _wire;

    internal WireReader(ReadOnlySpan<byte> wire) => _wire = wire;

    internal int Position { get; set; }

    internal readonly bool AtEnd => Position >= _wire.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong ReadVarint()
    {
        var at = Position;
        if ((uint)at < (uint)_wire.Length && _wire[at] < 0x80)
        {
            Position = at + 1;
            return _wire[at];
        }

        return ReadLongVarint();
    }

    /// <summary>A field's number and wire type. Encodings longer than five bytes are refused, although Google's parser truncates them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal uint ReadTag()
    {
        var tag = ReadVarint();
        if (tag - 8 > uint.MaxValue - 8)
            throw Malformed("a tag is invalid");
        return (uint)tag;
    }

    /// <summary>Moves after the tag if it comes next in its shortest encoding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryReadTag(uint tag)
    {
        var at = Position;
        while (tag >= 0x80)
        {
            if ((uint)at >= (uint)_wire.Length || _wire[at] != (byte)(tag | 0x80))
                return false;
            at++;
            tag >>= 7;
        }

        if ((uint)at >= (uint)_wire.Length || _wire[at] != (byte)tag)
            return false;
        Position = at + 1;
        return true;
    }

    internal ReadOnlySpan<byte> ReadDelimited()
    {
        var length = ReadVarint();
        if (length > (ulong)(_wire.Length - Position))
            throw Truncated();
        var content = _wire.Slice(Position, (int)length);
        Position += (int)length;
        return content;
    }

    internal uint ReadFixed32()
    {
        if (_wire.Length - Position < sizeof(uint))
            throw Truncated();
        var value = BinaryPrimitives.ReadUInt32LittleEndian(_wire[Position..]);
        Position += sizeof(uint);
        return value;
    }

    internal ulong ReadFixed64()
    {
        if (_wire.Length - Position < sizeof(ulong))
            throw Truncated();
        var value = BinaryPrimitives.ReadUInt64LittleEndian(_wire[Position..]);
        Position += sizeof(ulong);
        return value;
    }

    /// <summary>Moves after the value of a tag. Unknown groups may nest as deep as messages.</summary>
    internal void Skip(uint tag, int depthLeft = CodecLimits.MaxDepth)
    {
        switch (tag & WireTypes.Mask)
        {
            case WireTypes.Varint:
                ReadVarint();
                break;
            case WireTypes.Fixed64:
                ReadFixed64();
                break;
            case WireTypes.Delimited:
                ReadDelimited();
                break;
            case WireTypes.Fixed32:
                ReadFixed32();
                break;
            case WireTypes.StartGroup:
                SkipGroup(tag >> WireTypes.Bits, depthLeft);
                break;
            default:
                throw Malformed("a tag is invalid");
        }
    }

    /// <summary>Checks the rest without interpreting it.</summary>
    internal void SkipAll()
    {
        while (!AtEnd)
            Skip(ReadTag());
    }

    private void SkipGroup(uint number, int depthLeft)
    {
        if (depthLeft == 0)
            throw TooDeep();
        uint tag;
        while (((tag = ReadTag()) & WireTypes.Mask) != WireTypes.EndGroup)
            Skip(tag, depthLeft - 1);
        if (tag >> WireTypes.Bits != number)
            throw Malformed("a group ends with another's number");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (var i = 0; i < LongestVarint; i++)
        {
            if (AtEnd)
                throw Truncated();
            var unit = _wire[Position++];
            value |= (ulong)(unit & 0x7f) << (7 * i);
            if (unit < 0x80)
                return value;
        }

        throw Malformed("a varint is longer than ten bytes");
    }

    internal static RequestFormatException Malformed(LocalizedText detail) => RequestFormatException.Syntax($"malformed protobuf: {detail}");

    internal static RequestFormatException TooDeep() => Malformed("messages nest too deep");

    private static RequestFormatException Truncated() => Malformed("the message is cut off");
}
