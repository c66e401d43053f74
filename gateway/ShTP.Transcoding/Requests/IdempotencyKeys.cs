using Microsoft.Extensions.Primitives;
using ShTP.Protos;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.Requests;

/// <summary>The header Idempotency-Key of draft-ietf-httpapi-idempotency-key-header: a quoted string, also taken without its quotes.</summary>
public static class IdempotencyKeys
{
    /// <summary>The name of the header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The key without quotes, or null when there is none.</summary>
    /// <exception cref="ProblemException">400 for one that is empty, too long or given twice.</exception>
    public static string? Read(HttpRequest request)
    {
        var values = request.Headers[Header];
        if (StringValues.IsNullOrEmpty(values))
            return null;
        var text = values.ToString();
        var key = text.Length >= 2 && text[0] == '"' && text[^1] == '"' ? text[1..^1] : text;
        return values.Count == 1 && CallMetadata.IsIdempotencyKey(key)
            ? key
            : throw new ProblemException(Problem.Malformed($"{Header} must be one key of 1 to {CallMetadata.MaxIdempotencyKey} printable ASCII characters without blanks"));
    }
}
