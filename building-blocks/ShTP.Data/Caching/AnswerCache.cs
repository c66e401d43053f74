using System.Collections.Concurrent;

namespace ShTP.Data.Caching;

/// <summary>
/// Answers that are read often and change seldom. An answer is kept until it is dropped, and only while the cache is
/// open, that is while changes are reported to it. Callers that ask for the same answer at once share one reading of it.
/// </summary>
/// <param name="capacity">The largest number of answers. One more, and all are read anew.</param>
/// <remarks>
/// An answer whose reading began before it was dropped goes to the callers that were waiting by then, and is not kept. So a
/// call that begins after a drop never gets an answer from before it.
/// </remarks>
public sealed class AnswerCache<TKey, TAnswer>(int capacity)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Lazy<Task<TAnswer>>> _answers = new();
    private volatile bool _isOpen;

    /// <summary>The number of answers that are kept or being read.</summary>
    public int Count => _answers.Count;

    /// <summary>Keeps answers from here on: every later change is reported.</summary>
    public void Open()
    {
        _answers.Clear();
        _isOpen = true;
    }

    /// <summary>Keeps nothing from here on.</summary>
    public void Close()
    {
        _isOpen = false;
        _answers.Clear();
    }

    /// <summary>The answer has changed.</summary>
    public void Drop(TKey key) => _answers.TryRemove(key, out _);

    /// <summary>All answers may have changed.</summary>
    public void Drop() => _answers.Clear();

    /// <summary>The kept answer, or that of <paramref name="read"/>. It is shared and must not be changed.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="read">Reads the answer in the call of whoever asked first. What it throws is not kept.</param>
    /// <param name="cancellationToken">Ends the waiting for another call's reading.</param>
    public async Task<TAnswer> GetAsync(TKey key, Func<Task<TAnswer>> read, CancellationToken cancellationToken)
    {
        if (!_isOpen)
            return await read();
        if (_answers.TryGetValue(key, out var kept))
            return await ShareAsync(kept, read, cancellationToken);
        // Counting locks the whole dictionary, so only who adds an answer does it.
        if (_answers.Count >= capacity)
            _answers.Clear();
        var own = new Lazy<Task<TAnswer>>(read);
        var shared = _answers.GetOrAdd(key, own);
        if (shared != own)
            return await ShareAsync(shared, read, cancellationToken);
        try
        {
            return await own.Value;
        }
        catch
        {
            _answers.TryRemove(KeyValuePair.Create(key, own));
            throw;
        }
    }

    private static async Task<TAnswer> ShareAsync(Lazy<Task<TAnswer>> shared, Func<Task<TAnswer>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await shared.Value.WaitAsync(cancellationToken);
        }
        // The call that reads it was cancelled or failed, which is its own matter.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return await read();
        }
    }
}
