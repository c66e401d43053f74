using Google.Protobuf;
using Grpc.Core;
using ShTP.Api.V1;

namespace ShTP.Rpc.Streams;

/// <summary>Writes the response of ExportUser: documents and files in chunks.</summary>
public static class UserExportWriter
{
    private const int PieceSize = 64 * 1024;

    /// <summary>One JSON document: an array of the rows.</summary>
    public static async Task WriteRowsAsync<T>(this IServerStreamWriter<ExportUserResponse> answer, string path, IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        await using var document = new BufferedStream(new PieceStream(answer, path), PieceSize);
        await ExportDocument.WriteAsync(document, rows, cancellationToken);
    }

    /// <summary>The next bytes of a file, in pieces of the allowed size.</summary>
    public static async Task WriteAsync(this IServerStreamWriter<ExportUserResponse> answer, string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        for (; content.Length > 0; content = content[Math.Min(PieceSize, content.Length)..])
        {
            var piece = ByteString.CopyFrom(content.Span[..Math.Min(PieceSize, content.Length)]);
            await answer.WriteAsync(new ExportUserResponse { Path = path, Content = piece }, cancellationToken);
        }
    }

    private sealed class PieceStream(IServerStreamWriter<ExportUserResponse> answer, string path) : SendingStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            await answer.WriteAsync(path, buffer, cancellationToken);
    }
}
