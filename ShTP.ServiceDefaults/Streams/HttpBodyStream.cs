using Google.Api;
using Google.Protobuf;
using Grpc.Core;

namespace ShTP.ServiceDefaults.Streams;

/// <summary>
/// Writes into the answer of an RPC that returns <c>stream google.api.HttpBody</c>: what is generated piece by piece,
/// such as a zip archive, never lies in memory as a whole. Asynchronous writes only; <see cref="Stream.DisposeAsync"/> sends the rest.
/// </summary>
public sealed class HttpBodyStream(IServerStreamWriter<HttpBody> answer, string contentType, CancellationToken ended) : Stream
{
    private const int PieceSize = 64 * 1024;

    private readonly byte[] piece = new byte[PieceSize];
    private int filled;
    private bool hasStarted;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Tells the client to save the answer as a file; to be called before anything is written.</summary>
    public static Task SendFileNameAsync(ServerCallContext context, string fileName) =>
        context.WriteResponseHeadersAsync([new Metadata.Entry("content-disposition", $"attachment;filename={fileName}")]);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, PieceSize - filled);
            buffer.Span[..count].CopyTo(piece.AsSpan(filled));
            filled += count;
            buffer = buffer[count..];
            if (filled == PieceSize)
                await SendAsync();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // Pieces are sent when they are full: a flush of every zip entry would only make them small.
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (filled > 0)
            await SendAsync();
        await base.DisposeAsync();
    }

    private async Task SendAsync()
    {
        // The message is on its way when the write is done, and the piece may be filled again.
        var body = new HttpBody { Data = UnsafeByteOperations.UnsafeWrap(piece.AsMemory(0, filled)) };
        if (!hasStarted)
            body.ContentType = contentType;
        hasStarted = true;
        filled = 0;
        await answer.WriteAsync(body, ended);
    }
}
