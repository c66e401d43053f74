using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ShTP.Load;

/// <summary>The keys of a benchmark without Auth: one that signs a user's token, one that is the gateway's own.</summary>
internal sealed class Tokens : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _gateway = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string GatewayPrivateKey => Convert.ToBase64String(_gateway.ExportPkcs8PrivateKey());

    public string GatewayPublicKey => Convert.ToBase64String(_gateway.ExportSubjectPublicKeyInfo());

    /// <summary>The public key as shtp.auth.v1.Jwk.</summary>
    public string Jwk
    {
        get
        {
            var point = _key.ExportParameters(false).Q;
            return JsonSerializer.Serialize(new
            {
                kty = "EC",
                crv = "P-256",
                x = Base64UrlEncoder.Encode(point.X!),
                y = Base64UrlEncoder.Encode(point.Y!),
                kid = "bench",
                use = "sig",
                alg = "ES256",
            });
        }
    }

    public string AccessToken(string role) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "shtp",
        Audience = "shtp",
        Claims = new Dictionary<string, object>
        {
            ["sub"] = Guid.NewGuid().ToString(),
            ["sid"] = Guid.NewGuid().ToString(),
            ["jti"] = Guid.NewGuid().ToString(),
            ["role"] = role,
            ["type"] = "access",
        },
        NotBefore = DateTime.UtcNow.AddMinutes(-1),
        IssuedAt = DateTime.UtcNow.AddMinutes(-1),
        Expires = DateTime.UtcNow.AddHours(1),
        SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = "bench" }, SecurityAlgorithms.EcdsaSha256),
    });

    public void Dispose()
    {
        _key.Dispose();
        _gateway.Dispose();
    }
}
