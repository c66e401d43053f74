using System.Buffers;
using System.Runtime.CompilerServices;

namespace ShTP.Transcoding.Codecs;

/// <summary>
/// A growing buffer on arrays of the shared pool. It is contiguous, so that the codecs can go back and fill in lengths.
/// Not thread-safe; disposing returns the array.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int SmallestSpan = 256;

    private byte[] array;
    private int length;
    private bool disposed;

    /// <summary>Rents <paramref name="capacity"/> bytes, and more as needed.</summary>
    public PooledBuffer(int capacity = 1024) => array = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>How many bytes were written.</summary>
    public int WrittenCount => length;

    /// <summary>The bytes written so far, valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => array.AsSpan(0, length);

    /// <summary>The bytes written so far, valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => array.AsMemory(0, length);

    /// <summary>The bytes written so far, to be changed in place; for headers that depend on later content.</summary>
    public Span<byte> Written => array.AsSpan(0, length);

    /// <summary>Clears the content and keeps the capacity.</summary>
    public void Clear() => length = 0;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(array.Length - length), nameof(count));
        length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, SmallestSpan));
        return array.AsMemory(length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => Reserve(Math.Max(sizeHint, SmallestSpan));

    /// <summary>Returns the array to the pool.</summary>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        ArrayPool<byte>.Shared.Return(array);
        array = [];
        length = 0;
    }

    /// <summary>Drops everything after the first <paramref name="count"/> bytes.</summary>
    internal void Truncate(int count) => length = count;

    /// <summary>Returns at least <paramref name="count"/> bytes after the written ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Reserve(int count)
    {
        if (array.Length - length < count)
            Grow(count);
        return array.AsSpan(length);
    }

    /// <summary>Advances by the used part of a reserved span, which is never larger than reserved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Commit(int count) => length += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteByte(byte value)
    {
        if (length == array.Length)
            Grow(1);
        array[length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        length += bytes.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var needed = checked(length + count);
        var doubled = (int)Math.Min((uint)array.Length * 2, (uint)Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(doubled, needed));
        array.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(array);
        array = larger;
    }
}
