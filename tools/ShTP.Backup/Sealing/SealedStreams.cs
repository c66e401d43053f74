using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ShTP.Backup.Sealing;

/// <summary>
/// Content that only the holder of a private key can read. The form:
/// <code>
/// magic      8 bytes  "SHTPSEA1"
/// ephemeral 65 bytes  public key of P-256, made for this content, uncompressed (04 X Y)
/// chunks              64 KiB of content each, the last one 0 to 64 KiB, AES-256-GCM: ciphertext, then the tag of 16 bytes
/// </code>
/// The key is HKDF-SHA256 of the shared secret, with both public keys as its salt and the purpose in its info. The nonce
/// of a chunk is its number (11 bytes, big-endian) and a byte that is 1 for the last one, so that chunks which are
/// missing, moved or added are noticed.
/// </summary>
internal static class SealedStreams
{
    /// <summary>Bytes of content in all chunks but the last.</summary>
    public const int ChunkLength = 64 * 1024;

    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int KeyLength = 32;
    private const int CoordinateLength = 32;
    private const int PointLength = 1 + 2 * CoordinateLength;

    private static readonly byte[] Magic = "SHTPSEA1"u8.ToArray();

    /// <summary>Bytes before the first chunk.</summary>
    public static int HeaderLength => Magic.Length + PointLength;

    /// <summary>Writes the content of a stream sealed.</summary>
    /// <param name="plain">The content, read to its end.</param>
    /// <param name="target">Gets the sealed content.</param>
    /// <param name="key">Who can open it.</param>
    /// <param name="purpose">What the content is; it is opened only for the same purpose.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task SealAsync(Stream plain, Stream target, SealingKey key, string purpose, CancellationToken cancellationToken)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = PointOf(ephemeral.PublicKey);
        using var cipher = CipherOf(ephemeral.DeriveRawSecretAgreement(key.Public), point, PointOf(key.Public), purpose);
        await target.WriteAsync(Magic, cancellationToken);
        await target.WriteAsync(point, cancellationToken);

        var (chunk, next, encrypted) = (new byte[ChunkLength], new byte[ChunkLength], new byte[ChunkLength + TagLength]);
        var length = await plain.ReadAtLeastAsync(chunk, ChunkLength, throwOnEndOfStream: false, cancellationToken);
        for (var number = 0L; ; number++)
        {
            // Whether a chunk is the last one shows when there is nothing behind it.
            var following = length < ChunkLength ? 0 : await plain.ReadAtLeastAsync(next, ChunkLength, throwOnEndOfStream: false, cancellationToken);
            cipher.Encrypt(NonceOf(number, isLast: following == 0), chunk.AsSpan(0, length), encrypted.AsSpan(0, length), encrypted.AsSpan(length, TagLength));
            await target.WriteAsync(encrypted.AsMemory(0, length + TagLength), cancellationToken);
            if (following == 0)
                return;
            (chunk, next, length) = (next, chunk, following);
        }
    }

    /// <summary>Writes the content that was sealed. What was written before an exception must not be used.</summary>
    /// <param name="source">The sealed content, read to its end.</param>
    /// <param name="plain">Gets the content.</param>
    /// <param name="key">The private key.</param>
    /// <param name="purpose">As it was sealed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BackupException">The content is damaged, or sealed for another key or purpose.</exception>
    public static async Task OpenAsync(Stream source, Stream plain, SealingKey key, string purpose, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderLength];
        if (await source.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length || !header.AsSpan().StartsWith(Magic))
            throw new BackupException("it is not encrypted content of a backup");
        var point = header[Magic.Length..];
        using var cipher = CipherOf(AgreeWith(point, key), point, PointOf(key.Public), purpose);

        var (chunk, next, decrypted) = (new byte[ChunkLength + TagLength], new byte[ChunkLength + TagLength], new byte[ChunkLength]);
        var length = await source.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);
        for (var number = 0L; ; number++)
        {
            var following = length < chunk.Length ? 0 : await source.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancellationToken);
            if (length < TagLength)
                throw new BackupException("it is cut off");
            try
            {
                cipher.Decrypt(NonceOf(number, isLast: following == 0), chunk.AsSpan(0, length - TagLength), chunk.AsSpan(length - TagLength, TagLength), decrypted.AsSpan(0, length - TagLength));
            }
            catch (AuthenticationTagMismatchException fault)
            {
                throw new BackupException("it was changed or cut off, or encrypted to another key or as something else", fault);
            }

            await plain.WriteAsync(decrypted.AsMemory(0, length - TagLength), cancellationToken);
            if (following == 0)
                return;
            (chunk, next, length) = (next, chunk, following);
        }
    }

    private static byte[] AgreeWith(byte[] point, SealingKey key)
    {
        try
        {
            if (point[0] != 4)
                throw new CryptographicException("The point is not uncompressed.");
            // The import refuses points that are not on the curve.
            using var ephemeral = ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[1..(1 + CoordinateLength)], Y = point[(1 + CoordinateLength)..] },
            });
            return key.Agree(ephemeral.PublicKey);
        }
        catch (CryptographicException fault)
        {
            throw new BackupException("its header is damaged", fault);
        }
    }

    private static AesGcm CipherOf(byte[] secret, byte[] ephemeral, byte[] recipient, string purpose) => new(
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, KeyLength, [.. ephemeral, .. recipient], Encoding.UTF8.GetBytes($"ShTP backup 1: {purpose}")), TagLength);

    private static byte[] PointOf(ECDiffieHellmanPublicKey key)
    {
        var point = key.ExportParameters().Q;
        return [4, .. point.X!, .. point.Y!];
    }

    private static byte[] NonceOf(long number, bool isLast)
    {
        var nonce = new byte[NonceLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(NonceLength - 1 - sizeof(long)), number);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
        return nonce;
    }
}
