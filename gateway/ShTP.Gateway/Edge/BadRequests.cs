using Google.Rpc;
using Microsoft.AspNetCore.WebUtilities;
using ShTP.Localization;
using ShTP.Transcoding.Problems;

namespace ShTP.Gateway.Edge;

/// <summary>Errors of the web server, which has texts in English only.</summary>
internal static class BadRequests
{
    /// <summary>What the server refuses while a request is read.</summary>
    public static Problem Describe(BadHttpRequestException fault) =>
        new(fault.StatusCode, Code.InvalidArgument, LocalizedText.OfLibrary(fault.Message, TextOf(fault.StatusCode)));

    /// <summary>An error without a body.</summary>
    public static Problem Describe(int status) =>
        new(status, Code.Unknown, LocalizedText.OfLibrary(ReasonPhrases.GetReasonPhrase(status), TextOf(status)));

    private static LocalizedText TextOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request is malformed",
        StatusCodes.Status408RequestTimeout => "The request arrives too slowly",
        StatusCodes.Status413PayloadTooLarge => "The request is too large",
        StatusCodes.Status415UnsupportedMediaType => "The content of the request has a type that is not accepted",
        StatusCodes.Status431RequestHeaderFieldsTooLarge => "The headers of the request are too large",
        _ => (LocalizedText)$"The request is refused with the status {status}",
    };
}
