using Microsoft.IdentityModel.JsonWebTokens;

namespace ShTP.Rpc.Access;

/// <summary>Checks the tokens with which other services call: by the key configured for the caller, for this process as audience.</summary>
internal sealed class ServiceTokenValidator(ServiceIdentity identity, TimeProvider time)
{
    private const int MaxLength = 2 * 1024;
    private const int MaxRemembered = 100;

    private readonly RecentTokens<Caller> recent = new(MaxRemembered);

    /// <summary>The calling service's name, or null and why the token is refused.</summary>
    public async ValueTask<(string? Caller, TokenFault? Fault)> ValidateAsync(string token)
    {
        if (!recent.TryGet(token, out var caller))
        {
            if (token.Length > MaxLength)
                return (null, TokenFault.BadPart("The token is too long"));
            if (TokenText.Read(token, out var jwt) is { } unreadable)
                return (null, unreadable);
            if (!identity.PublicKeys.TryGetValue(jwt!.Kid, out var key))
                return (null, TokenFault.BadSignature);
            if (await TokenText.FindFaultAsync(jwt, key, jwt.Kid, identity.Name) is { } fault)
                return (null, fault);
            if (ReadClaims(jwt, out caller) is { } bad)
                return (null, bad);
            recent.Add(token, caller!);
        }

        var now = time.GetUtcNow();
        if (now >= caller!.ExpiresAt)
            return (null, TokenFault.Expired);
        return now < caller.NotBefore ? (null, TokenFault.NotYetValid) : (caller.Name, null);
    }

    private static TokenFault? ReadClaims(JsonWebToken jwt, out Caller? caller)
    {
        caller = null;
        if (!TokenText.TryGetTimes(jwt, out _, out var notBefore, out var expiresAt))
            return TokenFault.BadClaim("exp");
        if (!jwt.TryGetPayloadValue<string>("type", out var type) || type != ServiceTokens.Type)
            return TokenFault.BadPart("Only service tokens are allowed");
        caller = new Caller(jwt.Kid, notBefore, expiresAt);
        return null;
    }

    private sealed record Caller(string Name, DateTimeOffset NotBefore, DateTimeOffset ExpiresAt);
}
