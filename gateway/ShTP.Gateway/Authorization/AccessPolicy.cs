using Google.Rpc;
using ShTP.Api.V1;
using ShTP.Gateway.Edge;
using ShTP.Rpc.Access;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Problems;

namespace ShTP.Gateway.Authorization;

/// <summary>Decides from the bearer token and the RPC's access option whether a call goes on. The services decide again.</summary>
internal sealed class AccessPolicy(TokenValidator tokens, Revocations revocations, TimeProvider time)
{
    private static readonly Problem TooLow = new(StatusCodes.Status403Forbidden, Code.PermissionDenied, "You can't access this endpoint!");
    private static readonly Problem Ended = new(StatusCodes.Status401Unauthorized, Code.Unauthenticated, "The session has ended") { Challenge = "Bearer error=\"invalid_token\"" };
    private static readonly Problem Expired = new(StatusCodes.Status403Forbidden, Code.PermissionDenied, "Signature has expired")
    {
        Challenge = "Bearer error=\"invalid_token\", error_description=\"Signature has expired\"",
    };
    private static readonly Problem CannotTell = Problem.Unavailable("Tokens cannot be checked at the moment, try again later");

    /// <summary>The caller, or the problem that ends the call.</summary>
    public async ValueTask<(Caller Caller, Problem? Problem)> CheckAsync(HttpContext context, ApiMethod method)
    {
        var level = method.Access;
        var address = ClientFacts.AddressOf(context).ToString();
        var nobody = new Caller(address, null, null);
        var header = context.Request.Headers.Authorization;
        if (!BearerHeader.TryRead(header.Count <= 1 ? header.ToString() : ",", out var token, out var fault))
            return level == Level.Public ? (nobody, null) : (nobody, ToProblem(fault));

        var kind = level == Level.RefreshToken ? TokenKind.Refresh : TokenKind.Access;
        var result = await tokens.ValidateAsync(token, kind, context.RequestAborted);
        var problem = result.IsValid ? await FindRevocationAsync(result, kind, context.RequestAborted) : ToProblem(result.Fault);
        if (problem is not null)
        {
            if (level != Level.Public)
                return (nobody, problem);
            // A token that was good once says of a browser who was signed in there before.
            return (result.Holder is null ? nobody : nobody with { Authorization = header.ToString() }, null);
        }

        var caller = new Caller(address, result, header.ToString());
        return (caller, IsEnough(result.User!, level) ? null : TooLow);
    }

    /// <summary>Why a caller who was let through may hear no more, or null; asked again while a stream is open.</summary>
    public Problem? FindEnd(Caller caller) => caller.Token is not { } token
        || (time.GetUtcNow() < token.ExpiresAt && revocations.Find(token, TokenKind.Access) is RevocationState.None or RevocationState.Unknown)
        ? null
        : Ended;

    private static bool IsEnough(CurrentUser user, Level level) => level switch
    {
        Level.Public or Level.SignedIn or Level.RefreshToken => true,
        Level.Teacher => user.IsStaff,
        Level.Admin => user.IsAdmin,
        _ => false,
    };

    private async ValueTask<Problem?> FindRevocationAsync(TokenResult token, TokenKind kind, CancellationToken cancellationToken) => await revocations.FindAsync(token, kind, cancellationToken) switch
    {
        RevocationState.None => null,
        RevocationState.Expired => Expired,
        RevocationState.Ended => Ended,
        _ => CannotTell,
    };

    private static Problem ToProblem(TokenFault fault) => fault.Kind switch
    {
        TokenFaultKind.Expired => Expired,
        TokenFaultKind.Undecidable => Problem.Unavailable(fault.Detail),
        TokenFaultKind.Malformed => new(StatusCodes.Status422UnprocessableEntity, Code.InvalidArgument, fault.Detail) { Challenge = "Bearer error=\"invalid_token\"" },
        _ => new(StatusCodes.Status401Unauthorized, Code.Unauthenticated, fault.Detail) { Challenge = "Bearer" },
    };
}
