namespace ShTP.Transcoding.Codecs;

/// <summary>The media types that the gateway supports.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string Protobuf = "application/x-protobuf";
    public const string DelimitedProtobuf = "application/x-protobuf; delimited=true";
    public const string EventStream = "text/event-stream";
    public const string JsonLines = "application/x-ndjson";
    public const string Problem = "application/problem+json";
    public const string Multipart = "multipart/form-data";

    public static bool IsProtobuf(ReadOnlySpan<char> type) =>
        Is(type, Protobuf) || Is(type, "application/protobuf") || Is(type, "application/octet-stream");

    public static bool IsJson(ReadOnlySpan<char> type) => Is(type, Json) || Is(type, "text/json");

    /// <summary>JSON and structured JSON types (RFC 6839, 3.1): accepted types of a body.</summary>
    public static bool IsJsonBody(ReadOnlySpan<char> type) =>
        IsJson(type) || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    public static bool IsMultipart(ReadOnlySpan<char> type) => Is(type, Multipart);

    public static bool Is(ReadOnlySpan<char> type, string expected) => type.Equals(expected, StringComparison.OrdinalIgnoreCase);

    /// <summary>The type and subtype of a Content-Type header.</summary>
    public static ReadOnlySpan<char> WithoutParameters(string contentType)
    {
        var semicolon = contentType.IndexOf(';');
        return (semicolon < 0 ? contentType : contentType.AsSpan(0, semicolon)).Trim();
    }
}
