using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ShTP.Import.OldDatabase;

/// <summary>Ids for keys that are not UUIDs: the same key of the same table always gives the same UUID.</summary>
internal static class StableIds
{
    private static readonly Guid Namespace = new("6f0b0c5e-3d1a-4b52-9f67-5a2f6f3c7d10");

    /// <summary>The UUID of a key, or the one derived from table and key (RFC 9562, version 5).</summary>
    public static Guid Of(string table, string key)
    {
        if (Guid.TryParse(key, out var id))
            return id;
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Version 5 uses SHA-1; it is not used for security.
        SHA1.HashData([.. Namespace.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes($"{table}:{key}")], hash);
#pragma warning restore CA5350
        var bytes = hash[..16];
        var version = (ushort)((BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0fff) | 0x5000);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], version);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
