using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ShTP.AuditChain;

/// <summary>
/// The hash chain of an audit: the hash of an entry is SHA-256 over the hash of the entry before, the entry's number and all
/// that it says.
/// </summary>
/// <remarks>
/// What is hashed, numbers in network order: the version of this form (one byte), the previous hash (32 bytes), the number
/// (8 bytes), and each field in the order of <see cref="EntryContent"/>: its length in bytes (4 bytes, all bits set where it
/// is missing) and its bytes. A text is UTF-8, a UUID has 16 bytes, the time is 8 bytes with the microseconds since 1970, the
/// subjects are one field with 16 bytes each. So no two entries have the same bytes.
/// </remarks>
public static class ChainHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const byte Version = 1;
    private const int Missing = -1;

    /// <summary>What stands in the place of a previous hash before the entry with the number 1.</summary>
    public static ReadOnlySpan<byte> Start => new byte[Size];

    /// <summary>The hash of an entry.</summary>
    /// <param name="previous">The hash of the entry before, or <see cref="Start"/>.</param>
    /// <param name="number">The entry's place in the chain, from 1.</param>
    /// <param name="content">What it says.</param>
    public static byte[] Of(ReadOnlySpan<byte> previous, long number, EntryContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([Version]);
        hash.AppendData(previous);
        Add(hash, number);
        AddField(hash, content.Id);
        hash.AppendData([0, 0, 0, sizeof(long)]);
        Add(hash, (content.At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        AddField(hash, content.Action);
        AddField(hash, content.IsRefused ? "refused" : "done");
        AddField(hash, content.ActorId);
        AddField(hash, content.ActorRole);
        AddField(hash, content.ActorService);
        AddLength(hash, 16 * content.SubjectIds.Count);
        foreach (var subject in content.SubjectIds)
            hash.AppendData(subject.ToByteArray(bigEndian: true));
        AddField(hash, content.ObjectKind);
        AddField(hash, content.ObjectId);
        AddField(hash, content.Before);
        AddField(hash, content.After);
        AddField(hash, content.Address);
        AddField(hash, content.RequestId);
        AddField(hash, content.TraceId);
        return hash.GetHashAndReset();
    }

    private static void AddField(IncrementalHash hash, string? text)
    {
        var bytes = text is null ? null : Encoding.UTF8.GetBytes(text);
        AddLength(hash, bytes?.Length ?? Missing);
        if (bytes is not null)
            hash.AppendData(bytes);
    }

    private static void AddField(IncrementalHash hash, Guid? id)
    {
        AddLength(hash, id is null ? Missing : 16);
        if (id is { } known)
            hash.AppendData(known.ToByteArray(bigEndian: true));
    }

    private static void AddLength(IncrementalHash hash, int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
