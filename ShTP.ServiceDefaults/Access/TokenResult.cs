using System.Diagnostics.CodeAnalysis;

namespace ShTP.ServiceDefaults.Access;

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
    internal TokenResult(TokenFault fault) => Fault = fault;

    internal TokenResult(CurrentUser user, DateTimeOffset issuedAt, DateTimeOffset expiresAt, Guid tokenId)
    {
        User = user;
        IssuedAt = issuedAt;
        ExpiresAt = expiresAt;
        TokenId = tokenId;
    }

    /// <summary>Why the token is refused, or null.</summary>
    public TokenFault? Fault { get; }

    /// <summary>Who the token is about, or null when it is refused.</summary>
    public CurrentUser? User { get; }

    /// <summary>When it was issued, to the second.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The token's <c>jti</c>.</summary>
    public Guid TokenId { get; }

    /// <summary>Whether the token is accepted.</summary>
    [MemberNotNullWhen(true, nameof(User))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsValid => Fault is null;
}
