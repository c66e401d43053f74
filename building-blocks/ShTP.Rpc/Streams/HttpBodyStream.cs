using Google.Api;
using Google.Protobuf;
using Grpc.Core;

namespace ShTP.Rpc.Streams;

/// <summary>
/// Writes into the response of an RPC that returns <c>stream google.api.HttpBody</c>. Generated content, such as a zip
/// archive, is never in memory as a whole. Without completion the client gets an error or an incomplete body.
/// </summary>
public sealed class HttpBodyStream(IServerStreamWriter<HttpBody> answer, string contentType, CancellationToken ended) : SendingStream
{
    private const int PieceSize = 64 * 1024;

    private readonly MemoryStream _pending = new(PieceSize);
    private bool _hasStarted;

    /// <summary>Sets the headers of a file download. Must be called before the first write.</summary>
    public static Task SendFileNameAsync(ServerCallContext context, string fileName) =>
        context.WriteResponseHeadersAsync([new Metadata.Entry("content-disposition", $"attachment;filename={fileName}")]);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            var count = Math.Min(buffer.Length, PieceSize);
            _pending.Write(buffer.Span[..count]);
            buffer = buffer[count..];
            if (_pending.Length >= PieceSize)
                await SendAsync();
        }
    }

    // ZipArchive closes entries synchronously even with async calls. The few bytes are sent with the next write.
    public override void Write(byte[] buffer, int offset, int count) => _pending.Write(buffer, offset, count);

    /// <summary>Sends the remaining bytes. Writing after it is an error.</summary>
    public async Task CompleteAsync()
    {
        if (_pending.Length > 0)
            await SendAsync();
    }

    private async Task SendAsync()
    {
        // The message is serialized when the write completes, so the buffer can be reused.
        var body = new HttpBody { Data = UnsafeByteOperations.UnsafeWrap(_pending.GetBuffer().AsMemory(0, (int)_pending.Length)) };
        if (!_hasStarted)
            body.ContentType = contentType;
        _hasStarted = true;
        await answer.WriteAsync(body, ended);
        _pending.SetLength(0);
    }
}
