using System.Net;
using System.Net.Http.Headers;

namespace ShTP.Transcoding.Grpc;

/// <summary>One frame as an HTTP/2 request body. The memory must stay valid until the response was read.</summary>
internal sealed class FrameContent : HttpContent
{
    private static readonly MediaTypeHeaderValue GrpcType = new("application/grpc");

    private readonly ReadOnlyMemory<byte> _frame;

    public FrameContent(ReadOnlyMemory<byte> frame)
    {
        _frame = frame;
        Headers.ContentType = GrpcType;
    }

    /// <summary>Whether the frame may have reached the service.</summary>
    public bool WasRead { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WasRead = true;
        return stream.WriteAsync(_frame, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _frame.Length;
        return true;
    }
}
