using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Grpc.Core;
using ShTP.Api.V1;

namespace ShTP.ServiceDefaults.Streams;

/// <summary>What a service answers ExportUser with: documents and files in pieces.</summary>
public static class UserExportWriter
{
    private const int PieceSize = 64 * 1024;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>One JSON document: an array of the rows, written as they come.</summary>
    public static async Task WriteRowsAsync<T>(this IServerStreamWriter<ExportUserResponse> answer, string path, IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        using var document = new MemoryStream();
        var isFirst = true;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            document.Write(isFirst ? "[\n"u8 : ",\n"u8);
            isFirst = false;
            JsonSerializer.Serialize(document, row, Format);
            if (document.Length < PieceSize)
                continue;
            await answer.WriteAsync(path, document.GetBuffer().AsMemory(0, (int)document.Length), cancellationToken);
            document.SetLength(0);
        }

        document.Write(isFirst ? "[]\n"u8 : "\n]\n"u8);
        await answer.WriteAsync(path, document.GetBuffer().AsMemory(0, (int)document.Length), cancellationToken);
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
}
