using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Rpc.Access;

/// <summary>
/// Who this process is among the services: its resource name, the key that signs its service tokens
/// (<c>ServiceIdentity:PrivateKey</c>, base64 PKCS#8) and the keys that verify the others'
/// (<c>ServiceIdentity:PublicKeys:{name}</c>, base64 SubjectPublicKeyInfo). All are on P-256.
/// </summary>
internal sealed class ServiceIdentity
{
    private const string Section = "ServiceIdentity";

    private ServiceIdentity(string name, ECDsaSecurityKey privateKey, FrozenDictionary<string, ECDsaSecurityKey> publicKeys)
    {
        Name = name;
        PrivateKey = privateKey;
        PublicKeys = publicKeys;
    }

    public string Name { get; }

    public ECDsaSecurityKey PrivateKey { get; }

    public FrozenDictionary<string, ECDsaSecurityKey> PublicKeys { get; }

    /// <exception cref="StartException">A key is missing or malformed.</exception>
    public static ServiceIdentity Read(IConfiguration configuration, string name)
    {
        var faults = new List<string>();
        var identity = Read(configuration, name, faults);
        return faults.Count == 0 ? identity! : throw new StartException(faults);
    }

    public static IReadOnlyList<string> FindFaults(IConfiguration configuration, string name)
    {
        var faults = new List<string>();
        _ = Read(configuration, name, faults);
        return faults;
    }

    private static ServiceIdentity? Read(IConfiguration configuration, string name, List<string> faults)
    {
        var section = configuration.GetSection(Section);
        var privateKey = ReadKey(section["PrivateKey"], $"{Section}:PrivateKey", "base64 PKCS#8", (key, bytes) => key.ImportPkcs8PrivateKey(bytes, out _), faults);
        var publicKeys = new Dictionary<string, ECDsa>();
        foreach (var entry in section.GetSection("PublicKeys").GetChildren())
        {
            if (ReadKey(entry.Value, entry.Path, "base64 SubjectPublicKeyInfo", (key, bytes) => key.ImportSubjectPublicKeyInfo(bytes, out _), faults) is { } key)
                publicKeys[entry.Key] = key;
        }

        if (privateKey is not null && publicKeys.TryGetValue(name, out var own) &&
            !own.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(privateKey.ExportSubjectPublicKeyInfo()))
            faults.Add($"{Section}:PublicKeys:{name} does not belong to {Section}:PrivateKey.");

        return faults.Count > 0
            ? null
            : new ServiceIdentity(
                name,
                new ECDsaSecurityKey(privateKey) { KeyId = name },
                publicKeys.ToFrozenDictionary(entry => entry.Key, entry => new ECDsaSecurityKey(entry.Value) { KeyId = entry.Key }));
    }

    private static ECDsa? ReadKey(string? text, string path, string format, Action<ECDsa, byte[]> import, List<string> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            faults.Add($"{path} is not set; it must be a P-256 key in {format}.");
            return null;
        }

        var key = ECDsa.Create();
        try
        {
            import(key, Convert.FromBase64String(text));
            if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
                return key;
            faults.Add($"{path} is not on the curve P-256.");
        }
        catch (Exception fault) when (fault is FormatException or CryptographicException)
        {
            faults.Add($"{path} is not a key in {format}.");
        }

        key.Dispose();
        return null;
    }
}
