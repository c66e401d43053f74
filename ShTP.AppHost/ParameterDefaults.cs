using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace ShTP.AppHost;

internal static class SecretParameters
{
    /// <summary>
    /// A secret that is generated once per machine and stored with the data. Publishing generates none: the deployment
    /// has to set it.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddSecret(this IDistributedApplicationBuilder builder, string name, ParameterDefault value, SystemData data) =>
        builder.ExecutionContext.IsPublishMode
            ? builder.AddParameter(name, secret: true)
            : builder.AddParameter(name, value, secret: true, persist: data.IsKept);
}

/// <summary>A default value that configuration can override.</summary>
internal sealed class FixedDefault(string value) : ParameterDefault
{
    public override string GetDefaultValue() => value;

    public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", value);
}

/// <summary>256 random bits in base64.</summary>
internal sealed class RandomKey : ParameterDefault
{
    private const int Bytes = 32;

    public override string GetDefaultValue() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    public override void WriteToManifest(ManifestPublishingContext context) => throw new NotSupportedException("A secret has no default outside development.");
}

/// <summary>A new EC P-256 private key, PKCS#8 in base64.</summary>
internal sealed class EcSigningKey : ParameterDefault
{
    public override string GetDefaultValue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
    }

    public override void WriteToManifest(ManifestPublishingContext context) => throw new NotSupportedException("A secret has no default outside development.");
}
