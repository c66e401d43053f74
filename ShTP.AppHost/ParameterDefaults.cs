using System.Security.Cryptography;
using Aspire.Hosting.Publishing;

namespace ShTP.AppHost;

/// <summary>A value that configuration may replace.</summary>
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

    /// <summary>Secrets have no default outside development.</summary>
    public override void WriteToManifest(ManifestPublishingContext context)
    {
    }
}

/// <summary>A new EC P-256 private key, PKCS#8 in base64.</summary>
internal sealed class EcSigningKey : ParameterDefault
{
    public override string GetDefaultValue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
    }

    /// <summary>Secrets have no default outside development.</summary>
    public override void WriteToManifest(ManifestPublishingContext context)
    {
    }
}
