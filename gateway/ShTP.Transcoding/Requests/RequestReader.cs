using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using ShTP.Localization;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Grpc;

namespace ShTP.Transcoding.Requests;

/// <summary>
/// Converts a request to one gRPC frame: the body first, then query and path fields. Concatenated protobuf messages are
/// merged and the last scalar wins, so the path overrides the query, and the query the body.
/// </summary>
internal sealed class RequestReader(MultipartReading multipart)
{
    private static readonly LocalizedText AcceptedBodies = $"Send {MediaTypes.Json} or {MediaTypes.Protobuf}";

    /// <summary>Writes the frame.</summary>
    /// <exception cref="ProblemException">The request violates the contract.</exception>
    /// <exception cref="RequestFormatException">As above, for a malformed body or value.</exception>
    public ValueTask ReadAsync(HttpContext context, ApiMethod method, PooledBuffer frame)
    {
        GrpcFrame.Begin(frame);
        if (method.Body != BodyKind.None)
            return ReadWithBodyAsync(context, method, frame);
        Bind(context, method, frame);
        GrpcFrame.Complete(frame);
        return ValueTask.CompletedTask;
    }

    private async ValueTask ReadWithBodyAsync(HttpContext context, ApiMethod method, PooledBuffer frame)
    {
        // The body size is limited here, because Kestrel would abort the connection before the client has read the error.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        if (context.Request.Headers.ContentEncoding is { Count: > 0 } coding && coding != "identity")
            throw new ProblemException(Problem.UnsupportedMediaType("Compressed bodies are not accepted, send it as it is"));
        var format = Negotiation.ReadContentType(context.Request);
        if (format == BodyFormat.Multipart && method.Uploads.Count > 0)
            await multipart.ReadAsync(context, method, frame);
        else if (format is null or BodyFormat.Multipart)
            throw new ProblemException(Problem.UnsupportedMediaType(method.StoresFiles ? (LocalizedText)$"Send {MediaTypes.Multipart}" : AcceptedBodies));
        else
            await ReadMessageAsync(context.Request, method, format.Value, frame);
        Bind(context, method, frame);
        GrpcFrame.Complete(frame);
    }

    private static async ValueTask ReadMessageAsync(HttpRequest request, ApiMethod method, BodyFormat format, PooledBuffer frame)
    {
        using var body = new PooledBuffer();
        await BodyReader.ReadAsync(request, method.MaxBodyBytes, body, request.HttpContext.RequestAborted);
        if (method.StoresFiles)
        {
            // Only the gateway writes references to stored files, so they are never taken from a message.
            throw new ProblemException(body.WrittenCount == 0
                ? Problem.InvalidField(method.Uploads[0].Field.JsonName, "field required")
                : Problem.UnsupportedMediaType($"Send {MediaTypes.Multipart}"));
        }

        if (body.WrittenCount == 0)
            return;
        if (string.IsNullOrEmpty(request.ContentType) && !request.HttpContext.IsMobile())
            throw new ProblemException(Problem.UnsupportedMediaType($"The body has no Content-Type. {AcceptedBodies}"));
        var start = frame.WrittenCount;
        Append(body.WrittenSpan, method, format, frame);
        if (format == BodyFormat.Json && (method.BodyField is { } field ? MessageOf(field) : method.Input) is { } plan)
            NotUnderstood.Note(request.HttpContext, body.WrittenSpan, plan, frame.WrittenCount - start);
    }

    private static MessagePlan? MessageOf(FieldPlan field) =>
        field is { Type: Google.Protobuf.Reflection.FieldType.Message, IsRepeated: false } ? field.Message : null;

    private static void Append(ReadOnlySpan<byte> body, ApiMethod method, BodyFormat format, PooledBuffer frame)
    {
        var field = method.BodyField;
        if (format == BodyFormat.Json)
        {
            if (field is null)
                JsonToWire.Convert(body, method.Input, frame);
            else
                JsonToWire.ConvertField(body, field, frame);
        }
        else if (field is null)
        {
            WireValidator.Check(body, method.Input);
            frame.WriteBytes(body);
        }
        else if (field is { Type: Google.Protobuf.Reflection.FieldType.Message, IsRepeated: false })
        {
            WireValidator.Check(body, field.Message);
            field.AppendDelimited(body, frame);
        }
        else
        {
            throw new ProblemException(Problem.UnsupportedMediaType($"This body has no protobuf form. Send {MediaTypes.Json}"));
        }
    }

    private static void Bind(HttpContext context, ApiMethod method, PooledBuffer frame)
    {
        if (context.Request.QueryString.HasValue || method.PathBindings.Count > 0)
            EscapedText.RefuseInvalid(context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        if (context.Request.QueryString.HasValue)
        {
            foreach (var parameter in new QueryStringEnumerable(context.Request.QueryString.Value))
            {
                var value = parameter.DecodeValue();
                if (method.FindQueryField(parameter.DecodeName().Span) is { } path && (value.Length > 0 || path.TakesEmptyText))
                    path.AppendText(value.Span, frame);
            }
        }

        // After the query, because a reconnecting browser repeats the URL and sends its position in the header.
        if (method.LastEventId is { } lastEventId && context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id])
            lastEventId.AppendText(id, frame);
        foreach (var (variable, field) in method.PathBindings)
        {
            var value = variable.Read(context.Request.RouteValues);
            if (method.Body != BodyKind.None)
                NamedTwice.Refuse(frame.WrittenSpan[GrpcFrame.HeaderSize..], field, value);
            field.AppendText(value, frame);
        }
    }
}
