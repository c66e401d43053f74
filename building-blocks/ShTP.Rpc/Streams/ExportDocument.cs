using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace ShTP.Rpc.Streams;

/// <summary>A JSON document of a user's export: an array of rows, written one by one.</summary>
public static class ExportDocument
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes the whole document.</summary>
    public static async Task WriteAsync<T>(Stream document, IAsyncEnumerable<T> rows, CancellationToken cancellationToken)
    {
        var isFirst = true;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            await document.WriteAsync(isFirst ? "[\n"u8.ToArray() : ",\n"u8.ToArray(), cancellationToken);
            isFirst = false;
            await document.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(row, Format), cancellationToken);
        }

        await document.WriteAsync(isFirst ? "[]\n"u8.ToArray() : "\n]\n"u8.ToArray(), cancellationToken);
    }
}
