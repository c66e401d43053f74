namespace ShTP.Data.Outbox;

/// <summary>
/// UUIDs version 7 that grow strictly within the process. EF Core inserts the rows of one SaveChanges in the order of
/// their keys, and the order of insertion is the order of delivery.
/// </summary>
internal static class OutboxIds
{
    private static readonly Lock Turn = new();
    private static Guid last;

    public static Guid Next()
    {
        lock (Turn)
        {
            var next = Guid.CreateVersion7();
            return last = next.CompareTo(last) > 0 ? next : Successor(last);
        }
    }

    // Counts up the 62 random bits, which RFC 9562 (6.2, method 2) allows.
    private static Guid Successor(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        for (var i = 15; i > 8 && ++bytes[i] == 0; i--)
        {
        }

        return new Guid(bytes, bigEndian: true);
    }
}
