using Google.Protobuf;

namespace ShTP.Assignments;

/// <summary>Lists of large messages.</summary>
internal static class ListBounds
{
    // A gRPC message has at most 4 MiB.
    private const int MaxBytes = 3 * 1024 * 1024;

    /// <summary>As many of the first messages as one answer can carry; the rest is found one by one.</summary>
    public static IEnumerable<T> Fitting<T>(this IEnumerable<T> messages)
        where T : IMessage
    {
        var bytes = 0L;
        return messages.TakeWhile(message => (bytes += message.CalculateSize()) <= MaxBytes);
    }
}
