using Microsoft.Net.Http.Headers;
using ShTP.Localization;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Problems;

namespace ShTP.Transcoding.Requests;

/// <summary>The format of a request's body.</summary>
internal enum BodyFormat : byte
{
    Json,
    Protobuf,
    Multipart,
}

/// <summary>The format of a response.</summary>
internal enum AnswerFormat : byte
{
    Json,
    Protobuf,
    JsonLines,
    Events,
}

/// <summary>
/// Content-Type decides how a request is read and Accept the format of the response, independently. Without an Accept
/// header the response has the format of the request; the default is JSON, and protobuf under /mobile/.
/// </summary>
internal static class Negotiation
{
    // axios and browsers' fetch send this value; no parsing is needed.
    private const string AxiosAccept = "application/json, text/plain, */*";

    private static readonly AnswerFormat[] Unary = [AnswerFormat.Json, AnswerFormat.Protobuf];
    private static readonly AnswerFormat[] UnaryProtobufFirst = [AnswerFormat.Protobuf, AnswerFormat.Json];
    private static readonly AnswerFormat[] Streaming = [AnswerFormat.JsonLines, AnswerFormat.Events, AnswerFormat.Protobuf];
    private static readonly AnswerFormat[] StreamingProtobufFirst = [AnswerFormat.Protobuf, AnswerFormat.JsonLines, AnswerFormat.Events];

    /// <summary>The format of a request's body; null for an unknown type.</summary>
    public static BodyFormat? ReadContentType(HttpRequest request)
    {
        var type = request.ContentType;
        if (string.IsNullOrEmpty(type))
            return request.HttpContext.IsMobile() ? BodyFormat.Protobuf : BodyFormat.Json;
        var media = MediaTypes.WithoutParameters(type);
        return MediaTypes.IsJsonBody(media) ? BodyFormat.Json
            : MediaTypes.IsProtobuf(media) ? BodyFormat.Protobuf
            : MediaTypes.IsMultipart(media) ? BodyFormat.Multipart
            : null;
    }

    /// <summary>The format of the response.</summary>
    /// <exception cref="ProblemException">406 when no accepted type can be produced, 400 when Accept is malformed.</exception>
    public static AnswerFormat ReadAccept(HttpRequest request, bool isStream)
    {
        var prefersProtobuf = PrefersProtobuf(request);
        var offers = (isStream, prefersProtobuf) switch
        {
            (false, false) => Unary,
            (false, true) => UnaryProtobufFirst,
            (true, false) => Streaming,
            (true, true) => StreamingProtobufFirst,
        };
        var accept = request.Headers.Accept;
        var text = accept.Count == 1 ? accept[0] : null;
        if (accept.Count == 0 || text is "" or "*/*")
            return offers[0];
        if (text is MediaTypes.Json or AxiosAccept)
            return isStream ? AnswerFormat.JsonLines : AnswerFormat.Json;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
            throw new ProblemException(Problem.Malformed("The Accept header is malformed"));
        return Choose(offers, ranges) ?? throw new ProblemException(new Problem(
            StatusCodes.Status406NotAcceptable,
            Google.Rpc.Code.InvalidArgument,
            isStream ? (LocalizedText)$"This stream is offered as {MediaTypes.EventStream}, {MediaTypes.JsonLines} or {MediaTypes.Protobuf}"
                : $"This answer is offered as {MediaTypes.Json} or {MediaTypes.Protobuf}"));
    }

    /// <summary>Whether errors are sent as google.rpc.Status; a best guess when the headers themselves are wrong.</summary>
    public static bool WantsProtobufErrors(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        if (accept.Length == 0 || accept == "*/*")
            return PrefersProtobuf(request);
        return accept.Contains("protobuf", StringComparison.OrdinalIgnoreCase) && !accept.Contains("json", StringComparison.OrdinalIgnoreCase);
    }

    // A form is neither JSON nor protobuf.
    private static bool PrefersProtobuf(HttpRequest request) => ReadContentType(request) switch
    {
        BodyFormat.Protobuf => true,
        BodyFormat.Json => false,
        _ => request.HttpContext.IsMobile(),
    };

    private static AnswerFormat? Choose(AnswerFormat[] offers, IList<MediaTypeHeaderValue> ranges)
    {
        AnswerFormat? best = null;
        var bestQuality = 0.0;
        foreach (var offer in offers)
        {
            var quality = QualityOf(offer, ranges);
            if (quality > bestQuality)
                (best, bestQuality) = (offer, quality);
        }

        return best;
    }

    // The most specific range that covers the offer decides (RFC 9110, 12.5.1).
    private static double QualityOf(AnswerFormat offer, IList<MediaTypeHeaderValue> ranges)
    {
        var (specificity, quality) = (0, 0.0);
        foreach (var range in ranges)
        {
            var found = range.MatchesAllTypes ? 1 : range.MatchesAllSubTypes ? Covers(range.Type.AsSpan(), offer) ? 2 : 0 : Names(range.MediaType.AsSpan(), offer) ? 3 : 0;
            if (found > specificity)
                (specificity, quality) = (found, range.Quality ?? 1);
        }

        return quality;
    }

    private static bool Covers(ReadOnlySpan<char> type, AnswerFormat offer) =>
        MediaTypes.Is(type, offer == AnswerFormat.Events ? "text" : "application");

    private static bool Names(ReadOnlySpan<char> type, AnswerFormat offer) => offer switch
    {
        AnswerFormat.Json => MediaTypes.IsJson(type) || MediaTypes.Is(type, MediaTypes.Problem),
        AnswerFormat.Protobuf => MediaTypes.IsProtobuf(type),
        AnswerFormat.JsonLines => MediaTypes.Is(type, MediaTypes.JsonLines) || MediaTypes.Is(type, "application/jsonl") || MediaTypes.IsJson(type),
        _ => MediaTypes.Is(type, MediaTypes.EventStream),
    };
}
