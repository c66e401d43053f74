using System.Buffers;

namespace ShTP.Transcoding.Codecs;

/// <summary>The keys of the map that is being written, by their positions in the output, to detect duplicates.</summary>
internal ref struct WrittenKeys
{
    private const int FewKeys = 16;

    private readonly PooledBuffer output;
    private HashSet<int>? many;
    private int[]? starts;
    private int count;

    internal WrittenKeys(PooledBuffer output) => this.output = output;

    /// <summary>Adds the key from <paramref name="start"/> to the end of the output; false when it is a duplicate.</summary>
    internal bool TryAdd(int start)
    {
        if (many is not null)
            return many.Add(start);
        starts ??= ArrayPool<int>.Shared.Rent(FewKeys);
        var key = Key(output, start);
        for (var i = 0; i < count; i++)
        {
            if (Key(output, starts[i]).SequenceEqual(key))
                return false;
        }

        if (count < FewKeys)
        {
            starts[count++] = start;
            return true;
        }

        many = new HashSet<int>(starts.AsSpan(0, count).ToArray(), new KeyComparer(output));
        return many.Add(start);
    }

    public void Dispose()
    {
        if (starts is not null)
            ArrayPool<int>.Shared.Return(starts);
        starts = null;
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
