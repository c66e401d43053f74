using Google.Api;
using Google.Protobuf;
using Microsoft.Net.Http.Headers;

namespace ShTP.Transcoding.Responses;

/// <summary>google.api.HttpBody: bytes with their media type are sent unchanged.</summary>
internal static class HttpBodyAnswer
{
    // The response headers that a service may set beside the content type. Its other metadata is not forwarded.
    private static readonly string[] Headers = ["content-disposition", "cache-control", "etag", "last-modified"];

    /// <summary>Writes a complete unary response.</summary>
    public static void Write(HttpContext context, ReadOnlySpan<byte> message, HttpResponseMessage from)
    {
        var body = Read(message);
        Start(context, body, from);
        if (IsNotModified(context))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            context.Response.Headers.ContentType = default;
            return;
        }

        context.Response.ContentLength = body.Data.Length;
        System.Buffers.BuffersExtensions.Write(context.Response.BodyWriter, body.Data.Span);
    }

    /// <summary>Sets the headers by the first message.</summary>
    public static void Start(HttpContext context, HttpBody first, HttpResponseMessage from)
    {
        context.Response.ContentType = first.ContentType is { Length: > 0 } type ? type : "application/octet-stream";
        foreach (var name in Headers)
        {
            if (from.Headers.NonValidated.TryGetValues(name, out var value))
                context.Response.Headers[name] = value.ToString();
            else if (from.Content.Headers.NonValidated.TryGetValues(name, out value))
                context.Response.Headers[name] = value.ToString();
        }
    }

    // RFC 9110 13.1.2: the weak comparison, and a star is any.
    private static bool IsNotModified(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
            return false;
        if (context.Response.GetTypedHeaders().ETag is not { } own)
            return false;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known == EntityTagHeaderValue.Any || known.Compare(own, useStrongComparison: false));
    }

    /// <summary>Reads a message of the type.</summary>
    /// <exception cref="IOException">The service sent something else.</exception>
    public static HttpBody Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return HttpBody.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw new IOException("The service sent a malformed body.", malformed);
        }
    }
}
