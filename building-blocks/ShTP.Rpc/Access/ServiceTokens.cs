using System.Collections.Concurrent;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>The tokens with which this process calls internal RPCs of others: one per callee, renewed before it ends.</summary>
internal sealed class ServiceTokens(ServiceIdentity identity, TimeProvider time)
{
    /// <summary>The <c>type</c> of service tokens.</summary>
    public const string Type = "service";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);

    // The clocks of two machines are never quite the same.
    private static readonly TimeSpan ValidBefore = TimeSpan.FromSeconds(30);

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials _credentials = new(identity.PrivateKey, SecurityAlgorithms.EcdsaSha256);
    private readonly ConcurrentDictionary<string, (string Header, DateTimeOffset CreatedAt)> _byAudience = new();

    /// <summary>The value of the Authorization header for calls of <paramref name="audience"/>.</summary>
    public string HeaderFor(string audience)
    {
        var now = time.GetUtcNow();
        // A clock that was set back makes the token one of the future.
        if (_byAudience.TryGetValue(audience, out var entry) && now >= entry.CreatedAt && now < entry.CreatedAt + Life - RenewBefore)
            return entry.Header;
        entry = ("Bearer " + Create(audience, now), now);
        _byAudience[audience] = entry;
        return entry.Header;
    }

    private string Create(string audience, DateTimeOffset now) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = identity.Name,
        Audience = audience,
        IssuedAt = now.UtcDateTime,
        NotBefore = (now - ValidBefore).UtcDateTime,
        Expires = (now + Life).UtcDateTime,
        TokenType = "JWT",
        Claims = new Dictionary<string, object> { ["type"] = Type },
        SigningCredentials = _credentials,
    });
}
