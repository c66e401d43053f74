using Google.Protobuf;

namespace ShTP.Rpc;

/// <summary>One page of a list.</summary>
/// <param name="Rows">Not empty unless the list is.</param>
/// <param name="HasMore">Whether the list goes on after them.</param>
public sealed record Page<T>(IReadOnlyList<T> Rows, bool HasMore)
{
    /// <summary>What a response's <c>next_page</c> says: the place of the last row, or nothing at the end.</summary>
    public string Next(Func<T, string> place) => HasMore ? place(Rows[^1]) : "";
}

/// <summary>Lists of large messages.</summary>
public static class MessageBounds
{
    /// <summary>Most bytes of a page: a gRPC message has at most 4 MiB, and it has more than the list.</summary>
    public const int MaxPageBytes = 3 * 1024 * 1024;

    /// <summary>The first of the rows, as many as may be and fit into one response.</summary>
    /// <param name="rows">One more than <paramref name="limit"/> when there are more.</param>
    /// <param name="limit">Most rows.</param>
    public static Page<T> ToPage<T>(this IEnumerable<T> rows, int limit)
        where T : IMessage
    {
        var page = new List<T>();
        var bytes = 0L;
        foreach (var row in rows)
        {
            bytes += row.CalculateSize();
            // A row that is larger alone must not end the list.
            if (page.Count == limit || (bytes > MaxPageBytes && page.Count > 0))
                return new Page<T>(page, HasMore: true);
            page.Add(row);
        }

        return new Page<T>(page, HasMore: false);
    }
}
