using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>Carries why a token is refused through JwtBearer; never thrown.</summary>
internal sealed class TokenRefusedException(TokenResult result) : SecurityTokenException(result.Fault!.Detail.Key)
{
    public TokenResult Result => result;
}
