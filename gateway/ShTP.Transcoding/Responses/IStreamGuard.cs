using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.Responses;

/// <summary>Decides how long a stream may stay open.</summary>
internal interface IStreamGuard
{
    /// <summary>Why the caller of the request may receive no more, or null; asked before each message, and every second of a quiet stream.</summary>
    Problem? FindEnd(HttpContext context);
}
