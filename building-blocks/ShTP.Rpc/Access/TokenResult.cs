using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>Which of a user's tokens is expected.</summary>
public enum TokenKind
{
    /// <summary>For calls.</summary>
    Access,

    /// <summary>For a new access token.</summary>
    Refresh,
}

/// <summary>A user's token as checked: who it is about, or why it is refused.</summary>
public sealed class TokenResult
{
    internal static readonly TokenResult NoHeader = new(TokenFault.MissingHeader);
    internal static readonly TokenResult BadHeader = new(TokenFault.BadHeader);

    internal TokenResult(TokenFault fault, CurrentUser? holder = null)
    {
        Fault = fault;
        Holder = holder;
    }

    internal TokenResult(CurrentUser user, TokenKind kind, long rightsVersion, DateTimeOffset expiresAt, Guid tokenId)
    {
        User = Holder = user;
        Kind = kind;
        RightsVersion = rightsVersion;
        ExpiresAt = expiresAt;
        TokenId = tokenId;
    }

    /// <summary>Why the token is refused, or null.</summary>
    public TokenFault? Fault { get; }

    /// <summary>Who the token is about, or null when it is refused.</summary>
    public CurrentUser? User { get; }

    /// <summary>Whom a genuine token is about, also when it has expired.</summary>
    public CurrentUser? Holder { get; }

    /// <summary>What the token is for.</summary>
    public TokenKind Kind { get; }

    /// <summary>How often the user's rights had changed when the token was issued; 0 for tokens of before that was counted.</summary>
    public long RightsVersion { get; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The token's <c>jti</c>.</summary>
    public Guid TokenId { get; }

    /// <summary>The same for JwtBearer, which asks once.</summary>
    internal Task<TokenValidationResult> Outcome => Task.FromResult(IsValid
        ? new TokenValidationResult
        {
            IsValid = true,
            ClaimsIdentity = new UserTokenHandler.VerifiedIdentity(this),
            SecurityToken = new VerifiedToken(DateTimeOffset.MinValue, ExpiresAt),
        }
        : new TokenValidationResult { Exception = new TokenRefusedException(this) });

    /// <summary>The same of an accepted token for the next calls with it.</summary>
    internal Task<AuthenticateResult> Success => field ??= RememberingBearer.Succeed(new UserTokenHandler.VerifiedIdentity(this), AccessSchemes.NameOf(Kind));

    /// <summary>Whether the token is accepted.</summary>
    [MemberNotNullWhen(true, nameof(User))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsValid => Fault is null;
}
