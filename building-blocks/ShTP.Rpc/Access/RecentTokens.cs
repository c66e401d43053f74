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
    private volatile ConcurrentDictionary<string, T> young = new(StringComparer.Ordinal);
    private volatile ConcurrentDictionary<string, T> old = new(StringComparer.Ordinal);
    private readonly Lock turn = new();
    private int count;

    public bool TryGet(string token, [NotNullWhen(true)] out T? value)
    {
        if (young.TryGetValue(token, out value))
            return true;
        if (!old.TryGetValue(token, out value))
            return false;
        Add(token, value);
        return true;
    }

    public void Add(string token, T value)
    {
        young[token] = value;
        if (Interlocked.Increment(ref count) < capacity)
            return;
        lock (turn)
        {
            if (count < capacity)
                return;
            old = young;
            young = new(StringComparer.Ordinal);
            count = 0;
        }
    }
}
