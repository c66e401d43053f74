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

    private byte[] _array;
    private int _length;
    private bool _disposed;

    /// <summary>Rents <paramref name="capacity"/> bytes, and more as needed.</summary>
    public PooledBuffer(int capacity = 1024) => _array = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>How many bytes were written.</summary>
    public int WrittenCount => _length;

    /// <summary>The bytes written so far, valid until the next write.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, _length);

    /// <summary>The bytes written so far, valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _length);

    /// <summary>The bytes written so far, to be changed in place; for headers that depend on later content.</summary>
    public Span<byte> Written => _array.AsSpan(0, _length);

    /// <summary>Clears the content and keeps the capacity.</summary>
    public void Clear() => _length = 0;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - _length), nameof(count));
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, SmallestSpan));
        return _array.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => Reserve(Math.Max(sizeHint, SmallestSpan));

    /// <summary>Returns the array to the pool.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        _length = 0;
    }

    /// <summary>Drops everything after the first <paramref name="count"/> bytes.</summary>
    internal void Truncate(int count) => _length = count;

    /// <summary>Returns at least <paramref name="count"/> bytes after the written ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Reserve(int count)
    {
        if (_array.Length - _length < count)
            Grow(count);
        return _array.AsSpan(_length);
    }

    /// <summary>Advances by the used part of a reserved span, which is never larger than reserved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Commit(int count) => _length += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteByte(byte value)
    {
        if (_length == _array.Length)
            Grow(1);
        _array[_length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var needed = checked(_length + count);
        var doubled = (int)Math.Min((uint)_array.Length * 2, (uint)Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(doubled, needed));
        _array.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
