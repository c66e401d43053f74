using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ShTP.Transcoding.Codecs;

/// <summary>Protobuf's wire primitives. A length-delimited value is opened before its content is written, and closed afterwards.</summary>
internal static class PooledBufferWireExtensions
{
    private const int LongestVarint = 10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void WriteVarint(this PooledBuffer buffer, ulong value)
    {
        if (value < 0x80)
            buffer.WriteByte((byte)value);
        else
            WriteLongVarint(buffer, value);
    }

    internal static void WriteFixed32(this PooledBuffer buffer, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.Reserve(sizeof(uint)), value);
        buffer.Commit(sizeof(uint));
    }

    internal static void WriteFixed64(this PooledBuffer buffer, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.Reserve(sizeof(ulong)), value);
        buffer.Commit(sizeof(ulong));
    }

    internal static void WriteDelimited(this PooledBuffer buffer, ReadOnlySpan<byte> content)
    {
        buffer.WriteVarint((uint)content.Length);
        buffer.WriteBytes(content);
    }

    /// <summary>Reserves one byte for the length, which is enough for most values, and returns the start of the content.</summary>
    internal static int OpenLength(this PooledBuffer buffer)
    {
        buffer.WriteByte(0);
        return buffer.WrittenCount;
    }

    /// <summary>Writes the length; content of 128 bytes and more is moved to make room.</summary>
    internal static void CloseLength(this PooledBuffer buffer, int start)
    {
        var length = buffer.WrittenCount - start;
        if (length >= 0x80)
        {
            var extra = VarintSize((uint)length) - 1;
            buffer.Reserve(extra);
            buffer.Commit(extra);
            var written = buffer.Written;
            written.Slice(start, length).CopyTo(written[(start + extra)..]);
            PutVarint(written[(start - 1)..], (uint)length);
        }
        else
        {
            buffer.Written[start - 1] = (byte)length;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteLongVarint(PooledBuffer buffer, ulong value) => buffer.Commit(PutVarint(buffer.Reserve(LongestVarint), value));

    private static int PutVarint(Span<byte> room, ulong value)
    {
        var count = 0;
        while (value >= 0x80)
        {
            room[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[count++] = (byte)value;
        return count;
    }

    private static int VarintSize(uint value)
    {
        var size = 1;
        while ((value >>= 7) != 0)
            size++;
        return size;
    }
}
