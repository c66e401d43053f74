using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using ShTP.Localization;

namespace ShTP.Transcoding.Grpc;

/// <summary>How an RPC ended.</summary>
/// <param name="Code">The gRPC code; 0 is success.</param>
/// <param name="Message">The decoded grpc-message.</param>
/// <param name="Details">The bytes of grpc-status-details-bin.</param>
public readonly record struct GrpcStatus(int Code, string Message, byte[]? Details = null)
{
    /// <summary>The trailer with google.rpc.Status.</summary>
    public const string DetailsHeader = "grpc-status-details-bin";

    private const int Unknown = 2;
    private const int Internal = 13;

    /// <summary>What the gateway itself says about it.</summary>
    public LocalizedText? Text { get; private init; }

    /// <summary>Success.</summary>
    public bool IsOk => Code == 0;

    internal static GrpcStatus ProtocolError(LocalizedText detail) => Own(Internal, detail);

    /// <summary>Reads the status from headers (trailers-only responses) or trailers; null when there is none.</summary>
    internal static GrpcStatus? Read(HttpHeaders headers)
    {
        var raw = headers.NonValidated;
        if (!raw.TryGetValues("grpc-status", out var value))
            return null;
        if (!int.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return Own(Unknown, "The service sent a malformed grpc-status");
        return code == 0 ? new(0, "") : new(code, ReadMessage(raw), ReadDetails(raw));
    }

    /// <summary>Maps the HTTP status of a response that is not gRPC (the table of the gRPC specification).</summary>
    internal static GrpcStatus FromHttp(HttpStatusCode status) => (int)status switch
    {
        400 => Own(Internal, "The service did not understand the gateway"),
        401 => Own(16, "The service refused the call"),
        403 => Own(7, "The service refused the call"),
        404 => Own(12, "The service does not implement this call"),
        429 or 502 or 503 or 504 => Own(14, "The service is not available, try again later"),
        _ => Own(Unknown, "The service gave an unexpected answer"),
    };

    private static GrpcStatus Own(int code, LocalizedText text) => new(code, text.Key) { Text = text };

    private static string ReadMessage(HttpHeadersNonValidated headers)
    {
        if (!headers.TryGetValues("grpc-message", out var value))
            return "";
        var text = value.ToString();
        return text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text;
    }

    private static byte[]? ReadDetails(HttpHeadersNonValidated headers)
    {
        if (!headers.TryGetValues(DetailsHeader, out var value))
            return null;
        var text = value.ToString();
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '='); // gRPC leaves the padding out
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }
}
