using System.Buffers;

namespace ShTP.Transcoding.Codecs;

/// <summary>The keys of the map that is being written, by their positions in the output, to detect duplicates.</summary>
internal ref struct WrittenKeys
{
    private const int FewKeys = 16;

    private readonly PooledBuffer _output;
    private HashSet<int>? _many;
    private int[]? _starts;
    private int _count;

    internal WrittenKeys(PooledBuffer output) => _output = output;

    /// <summary>Adds the key from <paramref name="start"/> to the end of the output; false when it is a duplicate.</summary>
    internal bool TryAdd(int start)
    {
        if (_many is not null)
            return _many.Add(start);
        _starts ??= ArrayPool<int>.Shared.Rent(FewKeys);
        var key = Key(_output, start);
        for (var i = 0; i < _count; i++)
        {
            if (Key(_output, _starts[i]).SequenceEqual(key))
                return false;
        }

        if (_count < FewKeys)
        {
            _starts[_count++] = start;
            return true;
        }

        _many = new HashSet<int>(_starts.AsSpan(0, _count).ToArray(), new KeyComparer(_output));
        return _many.Add(start);
    }

    public void Dispose()
    {
        if (_starts is not null)
            ArrayPool<int>.Shared.Return(_starts);
        _starts = null;
    }

    /// <summary>The quoted key at a position: up to the next quote that is not escaped.</summary>
    private static ReadOnlySpan<byte> Key(PooledBuffer output, int start)
    {
        var text = output.WrittenSpan[start..];
        var end = 1;
        while (text[end] != '"')
            end += text[end] == '\\' ? 2 : 1;
        return text[..end];
    }

    private sealed class KeyComparer(PooledBuffer output) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => Key(output, x).SequenceEqual(Key(output, y));

        public int GetHashCode(int obj)
        {
            // Seeded per process, because clients choose the keys.
            var hash = default(HashCode);
            hash.AddBytes(Key(output, obj));
            return hash.ToHashCode();
        }
    }
}
