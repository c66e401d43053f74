using Google.Protobuf;

namespace ShTP.Rpc;

/// <summary>Lists of large messages.</summary>
public static class MessageBounds
{
    // A gRPC message has at most 4 MiB, and it has more than the list.
    private const int MaxBytes = 3 * 1024 * 1024;

    /// <summary>Takes as many of the first messages as fit into one response. The next page starts after them.</summary>
    public static IEnumerable<T> Fitting<T>(this IEnumerable<T> messages)
        where T : IMessage
    {
        var bytes = 0L;
        foreach (var message in messages)
        {
            bytes += message.CalculateSize();
            if (bytes > MaxBytes)
                yield break;
            yield return message;
        }
    }
}
