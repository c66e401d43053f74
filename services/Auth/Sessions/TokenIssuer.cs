using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ShTP.Api.V1;
using ShTP.Auth.Data;
using ShTP.Auth.Keys;
using ShTP.ServiceDefaults.Access;

namespace ShTP.Auth.Sessions;

/// <summary>Makes the tokens of a session, signed with the active key.</summary>
internal sealed class TokenIssuer(AuthDb db, KeyRing ring, IOptions<AuthOptions> options, TimeProvider time)
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>When an access token issued now has expired, and revocations of it can be forgotten.</summary>
    public DateTimeOffset AccessTokensGoneAt => time.GetUtcNow() + options.Value.AccessTokenLifetime + TimeSpan.FromMinutes(1);

    /// <summary>
    /// The <c>iat</c> of tokens for a user, to be taken <em>before</em> the role is asked for: if the role changes in
    /// between, the token is older than the change and counts as expired. Whole seconds are too coarse to tell a token
    /// from a revocation in the same second, so a revocation takes the second's end and a later token takes it too.
    /// </summary>
    public async Task<DateTimeOffset> StampAsync(Guid user, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var revoked = await db.Revocations.Where(revocation => revocation.UserId == user).MaxAsync(revocation => revocation.IssuedBefore, cancellationToken);
        return revoked > now ? revoked.Value : now;
    }

    /// <summary>The <c>issued_before</c> of a revocation made now: the end of the current second.</summary>
    public DateTimeOffset RevocationStamp() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds() + 1);

    public string AccessToken(Guid user, Role role, Guid session, DateTimeOffset issuedAt) =>
        Sign("access", user, role, session, Guid.NewGuid(), issuedAt, options.Value.AccessTokenLifetime);

    public string RefreshToken(Guid user, Role role, Guid session, Guid id, DateTimeOffset issuedAt) =>
        Sign("refresh", user, role, session, id, issuedAt, options.Value.RefreshTokenLifetime);

    private string Sign(string type, Guid user, Role role, Guid session, Guid id, DateTimeOffset issuedAt, TimeSpan lifetime) =>
        Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = TokenValidator.Issuer,
            Audience = TokenValidator.Issuer,
            SigningCredentials = ring.Active.Signing,
            TokenType = "JWT",
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.ToString(),
                ["sid"] = session.ToString(),
                ["jti"] = id.ToString(),
                ["role"] = NameOf(role),
                ["type"] = type,
                ["iat"] = issuedAt.ToUnixTimeSeconds(),
                ["nbf"] = Math.Min(issuedAt.ToUnixTimeSeconds(), time.GetUtcNow().ToUnixTimeSeconds()),
                ["exp"] = (issuedAt + lifetime).ToUnixTimeSeconds(),
            },
        });

    public static string NameOf(Role role) => role switch
    {
        Role.Admin => "admin",
        Role.Teacher => "teacher",
        _ => "student",
    };
}
