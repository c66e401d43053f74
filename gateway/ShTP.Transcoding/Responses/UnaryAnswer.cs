using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Grpc;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Transcoding.Responses;

/// <summary>Writes the response of a unary call.</summary>
internal sealed class UnaryAnswer(TranscodingOptions options)
{
    private const int FirstFrame = 4096;

    /// <summary>Writes the message, or returns the problem that the call ended with.</summary>
    public async Task<Problem?> WriteAsync(HttpContext context, ApiMethod method, AnswerFormat format, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var frame = new PooledBuffer(FirstFrame);
        var end = await UnaryReply.ReadAsync(response, frame, options.MaxResponseBytes, cancellationToken);
        if (!end.IsOk)
            return StatusMapping.ToProblem(end);
        var message = frame.WrittenSpan[GrpcFrame.HeaderSize..];
        if (method.NextPage is { } next)
            NextLink.Write(context, method, next, message);
        if (method.ReturnsHttpBody)
            HttpBodyAnswer.Write(context, message, response);
        else if (format == AnswerFormat.Protobuf)
            Write(context, MediaTypes.Protobuf, message);
        else
            WriteJson(context, method, message);
        return null;
    }

    private static void WriteJson(HttpContext context, ApiMethod method, ReadOnlySpan<byte> message)
    {
        using var json = new PooledBuffer(message.Length * 2 + 256);
        AppendJson(method, message, json);
        Write(context, MediaTypes.Json, json.WrittenSpan);
    }

    /// <summary>The JSON of one message, of its <c>response_body</c> field when there is one, or <c>null</c> for an empty message.</summary>
    public static void AppendJson(ApiMethod method, ReadOnlySpan<byte> message, PooledBuffer json)
    {
        if (method.ReturnsEmpty)
            json.WriteBytes("null"u8);
        else if (method.ResponseBody is { } field)
            WireToJson.ConvertField(message, field, json);
        else
            WireToJson.Convert(message, method.Output, json);
    }

    private static void Write(HttpContext context, string type, ReadOnlySpan<byte> body)
    {
        var response = context.Response;
        response.ContentType = type;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        // Not flushed: Kestrel sends headers and body together when the request ends.
        if (body.Length > 0)
            System.Buffers.BuffersExtensions.Write(response.BodyWriter, body);
    }
}
