namespace ShTP.Protos;

/// <summary>Metadata of calls between the gateway and services.</summary>
public static class CallMetadata
{
    /// <summary>The idempotency key of the client, without quotes.</summary>
    public const string IdempotencyKey = "idempotency-key";

    /// <summary>In the headers of a response: what the gateway settles by when the response has left, or has not.</summary>
    public const string Delivery = "shtp-delivery";

    /// <summary>Characters of the longest idempotency key.</summary>
    public const int MaxIdempotencyKey = 255;

    /// <summary>1 to 255 printable characters of ASCII.</summary>
    public static bool IsIdempotencyKey(string text) => text.Length is > 0 and <= MaxIdempotencyKey && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
