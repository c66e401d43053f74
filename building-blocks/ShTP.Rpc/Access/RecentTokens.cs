using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ShTP.Rpc.Access;

/// <summary>
/// Remembers what was found out about tokens, for at most twice <paramref name="capacity"/> of them: when the young
/// generation is full it becomes the old one, and what is asked for in the old one moves back to the young.
/// </summary>
internal sealed class RecentTokens<T>(int capacity)
    where T : class
{
    private volatile ConcurrentDictionary<string, T> _young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, T> _old = new(StringComparer.Ordinal);
    private readonly Lock _turn = new();
    private int _count;

    public bool TryGet(ReadOnlySpan<char> token, [NotNullWhen(true)] out T? value)
    {
        if (_young.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out value))
            return true;
        if (!_old.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out value))
            return false;
        Add(token.ToString(), value);
        return true;
    }

    public void Add(string token, T value)
    {
        _young[token] = value;
        if (Interlocked.Increment(ref _count) < capacity)
            return;
        lock (_turn)
        {
            if (_count < capacity)
                return;
            _old = _young;
            _young = new(StringComparer.Ordinal);
            _count = 0;
        }
    }
}
