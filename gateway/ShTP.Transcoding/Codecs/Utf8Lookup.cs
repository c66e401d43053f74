using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ShTP.Transcoding.Codecs;

/// <summary>An immutable map from names to values, with lookups by raw UTF-8 bytes.</summary>
internal sealed class Utf8Lookup<T>
    where T : notnull
{
    private readonly FrozenDictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>> _entries;

    internal Utf8Lookup(IEnumerable<KeyValuePair<string, T>> entries)
    {
        _entries = entries
            .ToFrozenDictionary(entry => Encoding.UTF8.GetBytes(entry.Key), entry => entry.Value, Utf8Comparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    internal bool TryFind(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out T value) => _entries.TryGetValue(name, out value);

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        internal static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        // The table is fixed at start and has no keys of clients, so hash collisions cannot be provoked.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = (uint)alternate.Length;
            foreach (var unit in alternate)
                hash = ((hash << 5) | (hash >> 27)) ^ (unit * 0x01000193u);
            return (int)hash;
        }
    }
}
