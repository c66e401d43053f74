using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using ShTP.Rpc.Access;

namespace ShTP.Testing;

/// <summary>Keys of this test process: one per service, and one that signs users' tokens.</summary>
public static class TestKeys
{
    internal const string UserKeyId = "test";

    private static readonly ConcurrentDictionary<string, Lazy<ECDsa>> Services = new();

    /// <summary>All services that some RPC names, and Auth, Users, Files and the gateway.</summary>
    public static IReadOnlyList<string> ServiceNames { get; } =
        ["auth", "users", "files", "gateway", "achievements", "events", "notifications", "assignments", "checker", "import"];

    /// <summary>Signs users' tokens; <see cref="ServiceHost{TEntry}"/> trusts it.</summary>
    public static ECDsaSecurityKey User { get; } = new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = UserKeyId };

    /// <summary>The private key of a service.</summary>
    public static ECDsaSecurityKey Service(string name) => new(Key(name)) { KeyId = name };

    /// <summary><c>ServiceIdentity:*</c> for the service.</summary>
    public static Dictionary<string, string?> ConfigurationOf(string name)
    {
        var configuration = ServiceNames.ToDictionary(
            other => $"ServiceIdentity:PublicKeys:{other}",
            other => (string?)Convert.ToBase64String(Key(other).ExportSubjectPublicKeyInfo()));
        configuration["ServiceIdentity:PrivateKey"] = Convert.ToBase64String(Key(name).ExportPkcs8PrivateKey());
        return configuration;
    }

    private static ECDsa Key(string name) => Services.GetOrAdd(name, _ => new(() => ECDsa.Create(ECCurve.NamedCurves.nistP256))).Value;
}

/// <summary>Knows the test key beside what the service itself knows.</summary>
internal sealed class TestKeySource(ISigningKeySource? inner) : ISigningKeySource
{
    public ValueTask<ECDsaSecurityKey?> FindAsync(string keyId, CancellationToken cancellationToken) =>
        keyId == TestKeys.UserKeyId ? new(TestKeys.User)
        : inner is null ? new((ECDsaSecurityKey?)null)
        : inner.FindAsync(keyId, cancellationToken);
}
