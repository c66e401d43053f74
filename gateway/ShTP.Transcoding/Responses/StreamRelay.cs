using System.Buffers;
using System.Buffers.Text;
using Microsoft.AspNetCore.Http.Features;
using ShTP.Transcoding.Catalog;
using ShTP.Transcoding.Codecs;
using ShTP.Transcoding.Problems;
using ShTP.Transcoding.Requests;

namespace ShTP.Transcoding.Responses;

/// <summary>Writes the messages of one stream in the format that the client accepts.</summary>
internal sealed class StreamRelay(HttpContext context, ApiMethod method, AnswerFormat format, HttpResponseMessage from, TranscodingOptions options) : IDisposable
{
    private readonly PooledBuffer _buffer = new(4096);

    public bool HasStarted { get; private set; }

    public void EnsureStarted()
    {
        if (HasStarted)
            return;
        HasStarted = true;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (method.ReturnsHttpBody)
            return;
        context.Response.ContentType = format switch
        {
            AnswerFormat.Events => MediaTypes.EventStream,
            AnswerFormat.Protobuf => MediaTypes.DelimitedProtobuf,
            _ => MediaTypes.JsonLines,
        };
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would buffer events
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message, bool isMoreReady, CancellationToken cancellationToken)
    {
        Append(message.Span);
        if (!isMoreReady || _buffer.WrittenCount > options.CompressFromBytes)
            await SendAsync(cancellationToken);
    }

    /// <summary>Sends the headers if they do not depend on the first message.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (method.ReturnsHttpBody)
            return;
        EnsureStarted();
        // Not the writer: with response compression its flush has no effect when nothing was written.
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    public async ValueTask KeepAliveAsync(CancellationToken cancellationToken)
    {
        if (format != AnswerFormat.Events || method.ReturnsHttpBody)
            return;
        EnsureStarted();
        _buffer.WriteBytes(": \n\n"u8);
        await SendAsync(cancellationToken);
    }

    public async ValueTask EndAsync(Problem problem, CancellationToken cancellationToken)
    {
        if (format == AnswerFormat.Protobuf || method.ReturnsHttpBody)
        {
            context.Abort(); // an aborted body is the only way to report it
            return;
        }

        _buffer.WriteBytes(format == AnswerFormat.Events ? "event: error\ndata: "u8 : "{\"error\":"u8);
        ProblemWriter.WriteJson(problem, _buffer);
        _buffer.WriteBytes(format == AnswerFormat.Events ? "\n\n"u8 : "}\n"u8);
        await SendAsync(cancellationToken);
    }

    public void Dispose() => _buffer.Dispose();

    private void Append(ReadOnlySpan<byte> message)
    {
        if (method.ReturnsHttpBody)
        {
            var body = HttpBodyAnswer.Read(message);
            if (!HasStarted)
                HttpBodyAnswer.Start(context, body, from);
            EnsureStarted();
            _buffer.WriteBytes(body.Data.Span);
            return;
        }

        EnsureStarted();
        switch (format)
        {
            case AnswerFormat.Protobuf:
                _buffer.WriteDelimited(message);
                break;
            case AnswerFormat.Events:
                AppendEvent(message);
                break;
            default:
                UnaryAnswer.AppendJson(method, message, _buffer);
                _buffer.WriteByte((byte)'\n');
                break;
        }
    }

    private void AppendEvent(ReadOnlySpan<byte> message)
    {
        const int LongestInt64 = 20;
        var hasData = true;
        if (method.EventId is { } field)
        {
            (var id, hasData) = ReadEventId(message, field);
            _buffer.WriteBytes("id: "u8);
            Utf8Formatter.TryFormat(id, _buffer.GetSpan(LongestInt64), out var length);
            _buffer.Advance(length);
            _buffer.WriteByte((byte)'\n');
        }

        // Without data an event is the place alone: a client remembers it, and its handlers are not called.
        if (hasData)
        {
            _buffer.WriteBytes("data: "u8);
            UnaryAnswer.AppendJson(method, message, _buffer);
            _buffer.WriteByte((byte)'\n');
        }

        _buffer.WriteByte((byte)'\n');
    }

    // The last one wins, as in protobuf.
    private static (long Id, bool HasMore) ReadEventId(ReadOnlySpan<byte> message, FieldPlan field)
    {
        var (value, hasMore) = (0L, false);
        var reader = new WireReader(message);
        while (!reader.AtEnd)
        {
            if (reader.ReadTag() is var tag && tag == field.Tag)
            {
                value = (long)reader.ReadVarint();
                continue;
            }

            reader.Skip(tag);
            hasMore = true;
        }

        return (value, hasMore);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        context.Response.BodyWriter.Write(_buffer.WrittenSpan);
        _buffer.Clear();
        var result = await context.Response.BodyWriter.FlushAsync(cancellationToken);
        if (result.IsCompleted)
            throw new OperationCanceledException("The client has gone.", context.RequestAborted);
    }
}
