using System.Security.Claims;
using Grpc.Core;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ShTP.Api.V1;

namespace ShTP.Rpc.Access;

/// <summary>
/// Checks users' tokens for the gateway and the services alike: ES256 only, by Auth's keys, no clock skew (all
/// clocks are the data centre's own). What was found valid is remembered for five minutes, since a verification costs
/// 0.1 ms.
/// </summary>
public sealed class UserTokenHandler(ISigningKeySource keys, TimeProvider time) : TokenHandler
{
    /// <summary>Issuer and audience of users' tokens.</summary>
    public const string Issuer = "shtp";

    /// <summary>The claim with the user's rights version, a number that grows with every change of rights.</summary>
    public const string RightsVersionClaim = "rv";

    private const int MaxLength = 8 * 1024;
    private const int MaxRemembered = 10_000;

    // A key that Auth withdrew stops working after this long, even for tokens that were seen before.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private readonly RecentTokens<Checked> _recent = new(MaxRemembered);

    /// <summary>For JwtBearer; the authentication type of the parameters is the <see cref="TokenKind"/> that is expected.</summary>
    public override Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        var check = ValidateAsync(token, AccessSchemes.KindOf(validationParameters.AuthenticationType), CancellationToken.None);
        return check.IsCompletedSuccessfully ? check.Result.Outcome : WaitAsync(check);

        static async Task<TokenValidationResult> WaitAsync(ValueTask<TokenResult> check) => await (await check).Outcome;
    }

    /// <inheritdoc/>
    public override SecurityToken ReadToken(string token) => new JsonWebToken(token);

    /// <summary>Whom the token is about, or why it is refused; never throws for a bad token.</summary>
    public ValueTask<TokenResult> ValidateAsync(string token, TokenKind kind, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        return FindKnown(token, kind) is { } known ? new(known) : VerifyAsync(token, kind, cancellationToken);
    }

    /// <summary>The same of a token that was verified a moment ago; null for all others.</summary>
    internal TokenResult? FindKnown(ReadOnlySpan<char> token, TokenKind kind) =>
        _recent.TryGet(token, out var known) && time.GetUtcNow() < known.CheckAgainAt ? Judge(known, kind) : null;

    private async ValueTask<TokenResult> VerifyAsync(string token, TokenKind kind, CancellationToken cancellationToken)
    {
        if (token.Length > MaxLength)
            return new(TokenFault.BadPart("The token is too long"));
        if (TokenText.Read(token, out var jwt) is { } unreadable)
            return new(unreadable);

        ECDsaSecurityKey? key;
        try
        {
            key = await keys.FindAsync(jwt!.Kid, cancellationToken);
        }
        catch (RpcException outage) when (outage.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        {
            return new(TokenFault.NoKeys);
        }

        if (key is null)
            return new(TokenFault.BadSignature);
        if (await TokenText.FindFaultAsync(jwt, key, Issuer, Issuer) is { } fault)
            return new(fault);
        if (ReadClaims(jwt, out var found) is { } bad)
            return new(bad);
        _recent.Add(token, found!);
        return Judge(found!, kind);
    }

    private TokenFault? ReadClaims(JsonWebToken jwt, out Checked? found)
    {
        found = null;
        if (!TokenText.TryGetTimes(jwt, out _, out var notBefore, out var expiresAt))
            return TokenFault.BadClaim("exp");
        if (!TryGetGuid(jwt, "sub", out var user))
            return TokenFault.BadClaim("sub");
        if (!TryGetGuid(jwt, "sid", out var session))
            return TokenFault.BadClaim("sid");
        if (!TryGetGuid(jwt, "jti", out var id))
            return TokenFault.BadClaim("jti");
        if (!jwt.TryGetValue<string>("role", out var roleName) || RoleOf(roleName) is not { } role)
            return TokenFault.BadClaim("role");
        if (!jwt.TryGetValue<string>("type", out var type) || KindOf(type) is not { } kind)
            return TokenFault.BadClaim("type");
        var rightsVersion = 0L;
        if (jwt.TryGetPayloadValue<object>(RightsVersionClaim, out _) && (!jwt.TryGetPayloadValue(RightsVersionClaim, out rightsVersion) || rightsVersion < 0))
            return TokenFault.BadClaim(RightsVersionClaim);
        var holder = new CurrentUser(user, role, session);
        found = new Checked(kind, notBefore, time.GetUtcNow() + Memory, new TokenResult(holder, kind, rightsVersion, expiresAt, id), new TokenResult(TokenFault.Expired, holder));
        return null;
    }

    private TokenResult Judge(Checked token, TokenKind kind)
    {
        var now = time.GetUtcNow();
        if (now >= token.Result.ExpiresAt)
            return token.Expired;
        if (now < token.NotBefore)
            return Refused.NotYetValid;
        return token.Kind == kind ? token.Result : kind == TokenKind.Access ? Refused.NotAccess : Refused.NotRefresh;
    }

    private static bool TryGetGuid(JsonWebToken jwt, string claim, out Guid value)
    {
        value = Guid.Empty;
        return jwt.TryGetValue<string>(claim, out var text) && Guid.TryParseExact(text, "D", out value);
    }

    private static Role? RoleOf(string name) => name switch
    {
        "student" => Role.Student,
        "teacher" => Role.Teacher,
        "admin" => Role.Admin,
        _ => null,
    };

    private static TokenKind? KindOf(string type) => type switch
    {
        "access" => TokenKind.Access,
        "refresh" => TokenKind.Refresh,
        _ => null,
    };

    private sealed record Checked(TokenKind Kind, DateTimeOffset NotBefore, DateTimeOffset CheckAgainAt, TokenResult Result, TokenResult Expired);

    /// <summary>The caller as a principal.</summary>
    internal sealed class VerifiedIdentity(TokenResult token) : ClaimsIdentity(nameof(UserTokenHandler))
    {
        public TokenResult Token => token;
    }

    private static class Refused
    {
        public static readonly TokenResult NotYetValid = new(TokenFault.NotYetValid);
        public static readonly TokenResult NotAccess = new(TokenFault.NotAccess);
        public static readonly TokenResult NotRefresh = new(TokenFault.NotRefresh);
    }
}
