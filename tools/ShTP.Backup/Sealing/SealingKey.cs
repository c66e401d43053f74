using System.Security.Cryptography;

namespace ShTP.Backup.Sealing;

/// <summary>A key of P-256: the public half seals, the private half opens.</summary>
internal sealed class SealingKey : IDisposable
{
    // The longest of such files is a few hundred bytes.
    private const int MaxLength = 16 * 1024;
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly ECDiffieHellman _key;

    private SealingKey(ECDiffieHellman key, bool isPrivate)
    {
        (_key, IsPrivate) = (key, isPrivate);
        Id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16];
    }

    /// <summary>Names the pair: 16 hexadecimal digits of the SHA-256 of the public key.</summary>
    public string Id { get; }

    public bool IsPrivate { get; }

    public ECDiffieHellmanPublicKey Public => _key.PublicKey;

    /// <summary>Reads a PEM file with a public key.</summary>
    /// <exception cref="BackupException">The file has no such key.</exception>
    public static SealingKey ReadPublic(string file) => Read(file, isPrivate: false);

    /// <summary>Reads a PEM file with a private key.</summary>
    /// <exception cref="BackupException">The file has no such key.</exception>
    public static SealingKey ReadPrivate(string file) => Read(file, isPrivate: true);

    /// <summary>What both halves of two pairs agree on.</summary>
    public byte[] Agree(ECDiffieHellmanPublicKey other) => _key.DeriveRawSecretAgreement(other);

    public void Dispose() => _key.Dispose();

    private static SealingKey Read(string file, bool isPrivate)
    {
        var key = ECDiffieHellman.Create();
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists)
                throw new BackupException($"There is no file '{file}'.");
            if (info.Length > MaxLength)
                throw new BackupException($"'{file}' is no PEM file of a key: it has {info.Length} bytes.");
            key.ImportFromPem(File.ReadAllText(file));
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid is not { Value: P256 } and not { FriendlyName: "nistP256" or "ECDSA_P256" })
                throw new BackupException($"The key in '{file}' is not of P-256.");
            if (isPrivate)
                key.ExportParameters(includePrivateParameters: true);
            return new SealingKey(key, isPrivate);
        }
        catch (Exception fault) when (fault is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new BackupException($"'{file}' has no {(isPrivate ? "private" : "public")} key of P-256 in PEM that can be read without a password.", fault);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }
}
