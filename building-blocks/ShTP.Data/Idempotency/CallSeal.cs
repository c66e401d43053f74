using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ShTP.Rpc.Access;

namespace ShTP.Data.Idempotency;

/// <summary>
/// Names and encrypts recorded calls by a key that is derived from the private key of the service. Requests hold passwords,
/// which could be guessed from a plain hash, and answers hold secrets that are shown once.
/// </summary>
internal sealed class CallSeal(ServiceIdentity identity)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, identity.PrivateKey.ECDsa.ExportParameters(includePrivateParameters: true).D!, 32, info: "recorded calls"u8.ToArray());

    /// <summary>The id of a call with a key.</summary>
    public byte[] NameExplicit(Guid user, string key) => Hash(user, 'k', Encoding.UTF8.GetBytes(key));

    /// <summary>The id of a call that is known by its content alone.</summary>
    public byte[] NameImplicit(Guid user, ReadOnlySpan<byte> request) => Hash(user, 'r', request);

    /// <summary>What distinguishes requests.</summary>
    public byte[] Hash(ReadOnlySpan<byte> request) => HMACSHA256.HashData(_key, request);

    /// <summary>The number of the database's lock for a call.</summary>
    public static long LockOf(byte[] id) => BinaryPrimitives.ReadInt64BigEndian(id);

    public byte[] Encrypt(byte[] id, ReadOnlySpan<byte> answer)
    {
        var box = new byte[NonceSize + TagSize + answer.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var cipher = CipherOf(id);
        cipher.Encrypt(box.AsSpan(0, NonceSize), answer, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize));
        return box;
    }

    /// <exception cref="CryptographicException">It was changed, or made by another key.</exception>
    public byte[] Decrypt(byte[] id, ReadOnlySpan<byte> box)
    {
        var answer = new byte[box.Length - NonceSize - TagSize];
        using var cipher = CipherOf(id);
        cipher.Decrypt(box[..NonceSize], box[(NonceSize + TagSize)..], box.Slice(NonceSize, TagSize), answer);
        return answer;
    }

    private AesGcm CipherOf(byte[] id) => new(HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, 32, salt: id, info: "answer"u8.ToArray()), TagSize);

    private byte[] Hash(Guid user, char kind, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hash.AppendData(user.ToByteArray());
        hash.AppendData([(byte)kind]);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }
}
