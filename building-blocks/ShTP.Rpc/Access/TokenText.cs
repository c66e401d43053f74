using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>What users' and services' tokens have in common: three base64url parts, ES256, a key id.</summary>
internal static class TokenText
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Takes the token apart without trusting it; the texts are those that the clients know.</summary>
    public static TokenFault? Read(string token, out JsonWebToken? jwt)
    {
        jwt = null;
        if (token.AsSpan().Count('.') != 2)
            return TokenFault.NotEnoughSegments;
        try
        {
            jwt = new JsonWebToken(token);
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException or FormatException or JsonException)
        {
            return Diagnose(token);
        }

        if (jwt.Alg != SecurityAlgorithms.EcdsaSha256)
            return TokenFault.BadAlgorithm;
        return string.IsNullOrEmpty(jwt.Kid) ? TokenFault.BadSignature : null;
    }

    /// <summary>Verifies signature, issuer and audience; times are the caller's business.</summary>
    public static async Task<TokenFault?> FindFaultAsync(JsonWebToken jwt, ECDsaSecurityKey key, string issuer, string audience)
    {
        var result = await Handler.ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = ["JWT"],
            ValidIssuer = issuer,
            ValidAudience = audience,
            IssuerSigningKey = key,
            ValidateLifetime = false,
        });
        return result.IsValid ? null : result.Exception switch
        {
            SecurityTokenInvalidAudienceException => TokenFault.BadAudience,
            SecurityTokenInvalidIssuerException => TokenFault.BadIssuer,
            SecurityTokenInvalidAlgorithmException => TokenFault.BadAlgorithm,
            SecurityTokenInvalidTypeException => TokenFault.BadPart("The token is not of type JWT"),
            _ => TokenFault.BadSignature,
        };
    }

    /// <summary>Reads <c>iat</c>, <c>nbf</c> and <c>exp</c>; all of them must be there.</summary>
    public static bool TryGetTimes(JsonWebToken jwt, out DateTimeOffset issuedAt, out DateTimeOffset notBefore, out DateTimeOffset expiresAt)
    {
        notBefore = expiresAt = default;
        return TryGetTime(jwt, "iat", out issuedAt) && TryGetTime(jwt, "nbf", out notBefore) && TryGetTime(jwt, "exp", out expiresAt);
    }

    private static bool TryGetTime(JsonWebToken jwt, string claim, out DateTimeOffset time)
    {
        time = default;
        if (!jwt.TryGetPayloadValue<long>(claim, out var seconds) || seconds is < 0 or > 253_402_300_799)
            return false;
        time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    private static TokenFault Diagnose(string token)
    {
        var parts = token.Split('.');
        foreach (var (part, name) in new[] { (parts[0], "header"), (parts[1], "payload") })
        {
            if (!Base64Url.IsValid(part))
                return TokenFault.BadPart($"Invalid {name} padding");
            try
            {
                using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(part));
                if (json.RootElement.ValueKind != JsonValueKind.Object)
                    return TokenFault.BadPart($"Invalid {name} string: must be a json object");
            }
            catch (JsonException)
            {
                return TokenFault.BadPart($"Invalid {name} string: not JSON");
            }
        }

        return TokenFault.BadSignature;
    }
}
