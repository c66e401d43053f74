using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using ShTP.ServiceDefaults.Errors;

namespace ShTP.Users.Import;

/// <summary>A record of the file. <paramref name="Number"/> counts from 1, header included, as a spreadsheet does.</summary>
internal sealed record ImportRecord(int Number, string[] Cells, bool IsBroken);

/// <summary>Reads CSV in UTF-8, separated by commas or semicolons.</summary>
internal static class ImportFile
{
    /// <summary>The field of the request, as JSON names it.</summary>
    public const string Field = "csv_file";

    private const int MaxBytes = 1024 * 1024;
    private const int MaxRows = 1000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The layout, and the rows that are not empty, without the header.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is not CSV in UTF-8, has no rows or too many.</exception>
    public static (ImportLayout Layout, IReadOnlyList<ImportRecord> Rows) Read(ReadOnlyMemory<byte> content)
    {
        if (content.Length > MaxBytes)
            throw Rpc.TooLarge($"{Field}: must have at most {MaxBytes} bytes");
        var records = ReadRecords(Decode(content));
        if (records.Count == 0)
            throw Rpc.InvalidField(Field, "the file is empty");
        var layout = ImportLayout.Of(records[0].Cells);
        var rows = records.Skip(layout.HasHeader ? 1 : 0).ToList();
        if (rows.Count == 0)
            throw Rpc.InvalidField(Field, "the file has no rows");
        if (rows.Count > MaxRows)
            throw Rpc.InvalidField(Field, $"the file has more than {MaxRows} rows");
        return (layout, rows);
    }

    private static string Decode(ReadOnlyMemory<byte> content)
    {
        try
        {
            var text = Utf8.GetString(content.Span).TrimStart('\uFEFF');
            return text.Contains('\0', StringComparison.Ordinal) ? throw Rpc.InvalidField(Field, "the file is not text") : text;
        }
        catch (DecoderFallbackException)
        {
            throw Rpc.InvalidField(Field, "the file is not in UTF-8; save it as \"CSV UTF-8\"");
        }
    }

    private static List<ImportRecord> ReadRecords(string text)
    {
        var isBroken = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = SeparatorOf(text),
            IgnoreBlankLines = false,
            BadDataFound = _ => isBroken = true,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        var records = new List<ImportRecord>();
        // One more than allowed, and the header, are enough to say that there are too many.
        for (var number = 1; records.Count < MaxRows + 2 && parser.Read(); number++)
        {
            var cells = parser.Record ?? [];
            if (Array.Exists(cells, cell => !string.IsNullOrWhiteSpace(cell)))
                records.Add(new ImportRecord(number, cells, isBroken));
            isBroken = false;
        }

        return records;
    }

    private static string SeparatorOf(string text)
    {
        var line = text.AsSpan().TrimStart("\r\n");
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Count(';') > line.Count(',') ? ";" : ",";
    }
}
