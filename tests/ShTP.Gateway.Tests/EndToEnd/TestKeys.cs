using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>Auth's signing key as the tests play it; tokens are put together by hand so that they can be wrong in any way.</summary>
internal sealed class TestKeys(string keyId = "test-key")
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public Auth.V1.Jwk ToJwk()
    {
        var point = _key.ExportParameters(false).Q;
        return new() { Kty = "EC", Crv = "P-256", X = Base64Url.EncodeToString(point.X), Y = Base64Url.EncodeToString(point.Y), Kid = keyId, Use = "sig", Alg = "ES256" };
    }

    public string Mint(string role = "student", string type = "access", Guid? user = null, Guid? session = null, TimeSpan? age = null, TimeSpan? life = null, string alg = "ES256", long? rightsVersion = null)
    {
        var issued = DateTimeOffset.UtcNow - (age ?? TimeSpan.FromSeconds(10));
        var header = Part(new { alg, typ = "JWT", kid = keyId });
        var claims = JsonSerializer.SerializeToNode(new
        {
            iss = "shtp",
            aud = "shtp",
            sub = (user ?? Guid.NewGuid()).ToString(),
            sid = (session ?? Guid.NewGuid()).ToString(),
            jti = Guid.NewGuid().ToString(),
            role,
            type,
            iat = issued.ToUnixTimeSeconds(),
            nbf = issued.ToUnixTimeSeconds(),
            exp = (issued + (life ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
        })!;
        if (rightsVersion is not null)
            claims["rv"] = rightsVersion;
        var payload = Part(claims);
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{header}.{payload}"), HashAlgorithmName.SHA256);
        return $"{header}.{payload}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part<T>(T content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}
