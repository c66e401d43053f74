namespace ShTP.Protos;

/// <summary>Values of <c>google.rpc.ErrorInfo.reason</c> for which the gateway has special statuses.</summary>
public static class ErrorReasons
{
    /// <summary>The domain of all of them.</summary>
    public const string Domain = "shtp";

    /// <summary>413.</summary>
    public const string PayloadTooLarge = "PAYLOAD_TOO_LARGE";

    /// <summary>413.</summary>
    public const string QuotaExceeded = "QUOTA_EXCEEDED";

    /// <summary>415.</summary>
    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";

    /// <summary>403 with <c>WWW-Authenticate: Bearer error="invalid_token"</c>: the clients refresh.</summary>
    public const string TokenExpired = "TOKEN_EXPIRED";

    /// <summary>401 with <c>WWW-Authenticate: Bearer error="invalid_token"</c>: the clients sign in again.</summary>
    public const string SessionEnded = "SESSION_ENDED";

    /// <summary>422: the token is not a JWT at all.</summary>
    public const string TokenMalformed = "TOKEN_MALFORMED";
}
