using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>What JwtBearer asks a verified token for: thousands are remembered, so nothing of the token itself.</summary>
internal sealed class VerifiedToken(DateTimeOffset notBefore, DateTimeOffset expiresAt) : SecurityToken
{
    public override string Id => "";

    public override string Issuer => "";

    public override SecurityKey? SecurityKey => null;

    public override SecurityKey? SigningKey { get; set; }

    public override DateTime ValidFrom => notBefore.UtcDateTime;

    public override DateTime ValidTo => expiresAt.UtcDateTime;
}
