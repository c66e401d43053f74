using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ShTP.Rpc.Access;

/// <summary>The service that calls an internal RPC.</summary>
internal sealed record CallingService(string Name);

/// <summary>Checks the tokens with which other services call: by the key configured for the caller, for this process as audience.</summary>
internal sealed class ServiceTokenHandler(ServiceIdentity identity, TimeProvider time) : TokenHandler
{
    private const int MaxLength = 2 * 1024;
    private const int MaxRemembered = 100;

    private readonly RecentTokens<Verified> _recent = new(MaxRemembered);

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        if (!_recent.TryGet(token.AsSpan(), out var verified))
        {
            (verified, var fault) = await VerifyAsync(token);
            if (verified is null)
                return Refuse(fault!);
            _recent.Add(token, verified);
        }

        var now = time.GetUtcNow();
        if (now >= verified.ExpiresAt)
            return Refuse(TokenFault.Expired);
        return now < verified.NotBefore ? Refuse(TokenFault.NotYetValid) : Accept(verified);
    }

    public override SecurityToken ReadToken(string token) => new JsonWebToken(token);

    /// <summary>What a token that was verified before and is good still says; null for all others.</summary>
    public Verified? FindKnown(ReadOnlySpan<char> token) =>
        _recent.TryGet(token, out var verified) && time.GetUtcNow() is var now && now >= verified.NotBefore && now < verified.ExpiresAt ? verified : null;

    private async Task<(Verified? Token, TokenFault? Fault)> VerifyAsync(string token)
    {
        if (token.Length > MaxLength)
            return (null, TokenFault.BadPart("The token is too long"));
        if (TokenText.Read(token, out var jwt) is { } unreadable)
            return (null, unreadable);
        if (!identity.PublicKeys.TryGetValue(jwt!.Kid, out var key))
            return (null, TokenFault.BadSignature);
        if (await TokenText.FindFaultAsync(jwt, key, jwt.Kid, identity.Name) is { } fault)
            return (null, fault);
        if (!TokenText.TryGetTimes(jwt, out _, out var notBefore, out var expiresAt))
            return (null, TokenFault.BadClaim("exp"));
        if (!jwt.TryGetPayloadValue<string>("type", out var type) || type != ServiceTokens.Type)
            return (null, TokenFault.BadPart("Only service tokens are allowed"));
        return (new Verified(notBefore, expiresAt, new CallingService(jwt.Kid)), null);
    }

    private static TokenValidationResult Accept(Verified token) => new()
    {
        IsValid = true,
        ClaimsIdentity = new VerifiedIdentity(token.Service),
        SecurityToken = new VerifiedToken(token.NotBefore, token.ExpiresAt),
    };

    private static TokenValidationResult Refuse(TokenFault fault) => new() { Exception = new TokenRefusedException(new TokenResult(fault)) };

    /// <summary>The caller as a principal.</summary>
    internal sealed class VerifiedIdentity(CallingService service) : ClaimsIdentity(nameof(ServiceTokenHandler))
    {
        public CallingService Service => service;
    }

    /// <summary>A genuine token.</summary>
    internal sealed record Verified(DateTimeOffset NotBefore, DateTimeOffset ExpiresAt, CallingService Service)
    {
        /// <summary>For the next calls with it.</summary>
        public Task<AuthenticateResult> Success { get; } = RememberingBearer.Succeed(new VerifiedIdentity(Service), AccessSchemes.Service);
    }
}
