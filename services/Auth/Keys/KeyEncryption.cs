using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ShTP.Auth.Keys;

/// <summary>Encrypts private keys at rest: AES-256-GCM over nonce (12 bytes), tag (16), ciphertext; the key id is authenticated with it.</summary>
internal sealed class KeyEncryption(IOptions<AuthOptions> options)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    // Lazy, so that the start checks report a faulty secret together with all other faults.
    private readonly Lazy<byte[]> _key = new(() => DeriveFrom(options.Value.KeyEncryptionKey, "shtp signing keys"));

    /// <summary>A key of 32 bytes for another purpose, the same in every replica.</summary>
    public byte[] Derive(string purpose) => DeriveFrom(options.Value.KeyEncryptionKey, purpose);

    public byte[] Encrypt(string keyId, ReadOnlySpan<byte> privateKey)
    {
        var stored = new byte[NonceSize + TagSize + privateKey.Length];
        var nonce = stored.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_key.Value, TagSize);
        aes.Encrypt(nonce, privateKey, stored.AsSpan(NonceSize + TagSize), stored.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(keyId));
        return stored;
    }

    /// <exception cref="CryptographicException">The key was stored with another Auth:KeyEncryptionKey, or the row was modified.</exception>
    public byte[] Decrypt(string keyId, ReadOnlySpan<byte> stored)
    {
        if (stored.Length <= NonceSize + TagSize)
            throw new CryptographicException($"The stored signing key '{keyId}' is damaged.");
        var privateKey = new byte[stored.Length - NonceSize - TagSize];
        using var aes = new AesGcm(_key.Value, TagSize);
        try
        {
            aes.Decrypt(stored[..NonceSize], stored[(NonceSize + TagSize)..], stored.Slice(NonceSize, TagSize), privateKey, Encoding.UTF8.GetBytes(keyId));
        }
        catch (AuthenticationTagMismatchException mismatch)
        {
            throw new CryptographicException($"The signing key '{keyId}' cannot be decrypted: Auth:KeyEncryptionKey is not the one it was stored with.", mismatch);
        }

        return privateKey;
    }

    private static byte[] DeriveFrom(string secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), outputLength: 32, info: Encoding.UTF8.GetBytes(purpose));
}
