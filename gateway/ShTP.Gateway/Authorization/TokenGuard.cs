using Google.Rpc;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Responses;

namespace ShTP.Gateway.Authorization;

/// <summary>A stream outlives neither its token nor its session.</summary>
internal sealed class TokenGuard(Revocations revocations, TimeProvider time) : IStreamGuard
{
    private static readonly Problem Ended = new(StatusCodes.Status401Unauthorized, Code.Unauthenticated, "The session has ended")
    {
        Challenge = "Bearer error=\"invalid_token\"",
    };

    /// <inheritdoc/>
    public Problem? FindEnd(HttpContext context) => context.Features.Get<TokenResult>() is not { IsValid: true } token
        // A short outage of Auth ends no stream.
        || (time.GetUtcNow() < token.ExpiresAt && revocations.Find(token, TokenKind.Access) is RevocationState.None or RevocationState.Unknown)
        ? null
        : Ended;
}
