using Google.Rpc;
using Grpc.Core;
using ShTP.Localization;
using ShTP.Protos;
using ShTP.Rpc.Errors;

namespace ShTP.Rpc.Access;

/// <summary>Why a token is refused; the clients branch on the difference.</summary>
public enum TokenFaultKind
{
    /// <summary>Missing, tampered with, foreign or of the wrong kind; 401.</summary>
    Invalid,

    /// <summary>Once valid; 403 and the client refreshes.</summary>
    Expired,

    /// <summary>Not a JWT at all; 422.</summary>
    Malformed,

    /// <summary>It cannot be validated now, because the keys are not available; 503.</summary>
    Undecidable,
}

/// <summary>Why a token is refused, with the text that the client is shown.</summary>
public sealed record TokenFault(TokenFaultKind Kind, LocalizedText Detail)
{
    // The web client compares the texts of the two that are the same in every language.
    internal static readonly TokenFault MissingHeader = new(TokenFaultKind.Invalid, "Missing Authorization Header");
    internal static readonly TokenFault BadHeader = new(TokenFaultKind.Invalid, "Bad Authorization header. Expected value 'Bearer <JWT>'");
    internal static readonly TokenFault NotEnoughSegments = new(TokenFaultKind.Malformed, LocalizedText.Verbatim("Not enough segments"));
    internal static readonly TokenFault Expired = new(TokenFaultKind.Expired, LocalizedText.Verbatim("Signature has expired"));
    internal static readonly TokenFault NotYetValid = new(TokenFaultKind.Invalid, "The token is not yet valid (nbf)");
    internal static readonly TokenFault BadSignature = new(TokenFaultKind.Invalid, "Signature verification failed");
    internal static readonly TokenFault BadAlgorithm = new(TokenFaultKind.Invalid, "The specified alg value is not allowed");
    internal static readonly TokenFault BadAudience = new(TokenFaultKind.Invalid, "Invalid audience");
    internal static readonly TokenFault BadIssuer = new(TokenFaultKind.Invalid, "Invalid issuer");
    internal static readonly TokenFault NotAccess = new(TokenFaultKind.Invalid, "Only access tokens are allowed");
    internal static readonly TokenFault NotRefresh = new(TokenFaultKind.Invalid, "Only refresh tokens are allowed");
    internal static readonly TokenFault SessionEnded = new(TokenFaultKind.Invalid, "The session has ended");
    internal static readonly TokenFault NoRevocations = new(TokenFaultKind.Undecidable, "Tokens cannot be checked at the moment, try again later");
    internal static readonly TokenFault NoKeys = new(TokenFaultKind.Undecidable, "Tokens cannot be checked at the moment: auth is not available");

    internal static TokenFault BadClaim(string claim) => new(TokenFaultKind.Invalid, $"Token is missing the \"{claim}\" claim or it is malformed");

    internal static TokenFault BadPart(LocalizedText detail) => new(TokenFaultKind.Invalid, detail);

    /// <summary>The error that an RPC answers with.</summary>
    public RpcException ToRpcException() => Kind switch
    {
        TokenFaultKind.Expired => RpcErrors.Reason(Code.PermissionDenied, Detail, ErrorReasons.TokenExpired),
        TokenFaultKind.Malformed => RpcErrors.Reason(Code.InvalidArgument, Detail, ErrorReasons.TokenMalformed),
        TokenFaultKind.Undecidable => RpcErrors.Unavailable(Detail),
        _ when this == SessionEnded => RpcErrors.Reason(Code.Unauthenticated, Detail, ErrorReasons.SessionEnded),
        _ => RpcErrors.Unauthenticated(Detail),
    };
}
