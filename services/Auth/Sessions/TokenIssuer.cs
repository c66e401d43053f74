using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ShTP.Api.V1;
using ShTP.Auth.Keys;
using ShTP.Rpc.Access;

namespace ShTP.Auth.Sessions;

/// <summary>Creates the tokens of a session, signed with the active key.</summary>
internal sealed class TokenIssuer(KeyRing ring, IOptions<AuthOptions> options, TimeProvider time)
{
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    // Clocks of machines differ, and some are set back.
    private static readonly TimeSpan ValidBefore = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClockMargin = TimeSpan.FromHours(1);

    /// <summary>How long a revoked session is kept: until its last access token has expired by any clock.</summary>
    public TimeSpan Memory => options.Value.AccessTokenLifetime + ClockMargin;

    public string AccessToken(Guid session, Guid user, Role role, long rightsVersion) =>
        Sign("access", user, role, session, Guid.NewGuid(), rightsVersion, options.Value.AccessTokenLifetime);

    public string RefreshToken(Guid session, Guid user, Role role, long rightsVersion, Guid id) =>
        Sign("refresh", user, role, session, id, rightsVersion, options.Value.RefreshTokenLifetime);

    private string Sign(string type, Guid user, Role role, Guid session, Guid id, long rightsVersion, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = UserTokenHandler.Issuer,
            Audience = UserTokenHandler.Issuer,
            SigningCredentials = ring.Active.Signing,
            TokenType = "JWT",
            Claims = new Dictionary<string, object>
            {
                ["sub"] = user.ToString(),
                ["sid"] = session.ToString(),
                ["jti"] = id.ToString(),
                ["role"] = NameOf(role),
                ["type"] = type,
                [UserTokenHandler.RightsVersionClaim] = rightsVersion,
                ["iat"] = now.ToUnixTimeSeconds(),
                ["nbf"] = (now - ValidBefore).ToUnixTimeSeconds(),
                ["exp"] = (now + lifetime).ToUnixTimeSeconds(),
            },
        });
    }

    public static string NameOf(Role role) => role switch
    {
        Role.Admin => "admin",
        Role.Teacher => "teacher",
        _ => "student",
    };
}
