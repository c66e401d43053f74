using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ShTP.Api.V1;

namespace ShTP.Testing;

/// <summary>Mints tokens as Auth and the services do; every claim can be made wrong.</summary>
public static class TestTokens
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>A user's token, valid for an hour from <paramref name="now"/>.</summary>
    public static string User(
        Guid user, Role role, string type = "access", DateTimeOffset? now = null, Guid? session = null, Action<SecurityTokenDescriptor>? change = null)
    {
        var token = Describe("shtp", "shtp", TimeSpan.FromHours(1), now, TestKeys.User, new()
        {
            ["sub"] = user.ToString("D"),
            ["sid"] = (session ?? Guid.NewGuid()).ToString("D"),
            ["jti"] = Guid.NewGuid().ToString("D"),
            ["role"] = role.ToString().ToLowerInvariant(),
            ["type"] = type,
        });
        change?.Invoke(token);
        return Handler.CreateToken(token);
    }

    /// <summary>The token with which <paramref name="caller"/> calls <paramref name="callee"/>.</summary>
    public static string Service(string caller, string callee, DateTimeOffset? now = null, Action<SecurityTokenDescriptor>? change = null)
    {
        var token = Describe(caller, callee, TimeSpan.FromMinutes(5), now, TestKeys.Service(caller), new() { ["type"] = "service" });
        change?.Invoke(token);
        return Handler.CreateToken(token);
    }

    private static SecurityTokenDescriptor Describe(
        string issuer, string audience, TimeSpan life, DateTimeOffset? now, ECDsaSecurityKey key, Dictionary<string, object> claims)
    {
        var issuedAt = (now ?? DateTimeOffset.UtcNow).UtcDateTime;
        return new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            IssuedAt = issuedAt,
            NotBefore = issuedAt,
            Expires = issuedAt + life,
            TokenType = "JWT",
            Claims = claims,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256),
        };
    }
}
