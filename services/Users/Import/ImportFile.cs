using System.Globalization;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using ShTP.Rpc.Errors;

namespace ShTP.Users.Import;

/// <summary>A record of the file. <paramref name="Number"/> counts from 1, header included, as a spreadsheet does.</summary>
internal sealed record ImportRecord(int Number, string[] Cells, bool IsBroken);

/// <summary>Reads CSV with commas, semicolons or tabs, as spreadsheets save it.</summary>
internal static partial class ImportFile
{
    /// <summary>The field of the request, as JSON names it.</summary>
    public const string Field = "csv_file";

    private const int MaxBytes = 1024 * 1024;
    private const int MaxRows = 1000;

    /// <summary>Number of rows in which a header is searched.</summary>
    internal const int MaxTitles = 10;

    /// <summary>The layout, and the non-empty rows without the header.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when it is not CSV, has no rows or too many.</exception>
    public static (ImportLayout Layout, IReadOnlyList<ImportRecord> Rows) Read(ReadOnlyMemory<byte> content)
    {
        if (content.Length > MaxBytes)
            throw RpcErrors.TooLarge($"{Field}: must have at most {MaxBytes} bytes");
        var records = ReadRecords(ImportText.Decode(content.Span));
        if (records.Count == 0)
            throw RpcErrors.InvalidField(Field, "the file is empty");
        // Title rows may precede the header.
        var titles = ImportLayout.CountTitles(records);
        var layout = ImportLayout.Of(records[titles].Cells);
        var rows = records.Skip(titles + (layout.HasHeader ? 1 : 0)).ToList();
        if (rows.Count == 0)
            throw RpcErrors.InvalidField(Field, "the file has no rows");
        if (rows.Count > MaxRows)
            throw RpcErrors.InvalidField(Field, $"the file has more than {MaxRows} rows");
        return (layout, rows);
    }

    private static List<ImportRecord> ReadRecords(string text)
    {
        // A line that Excel writes and does not show as a row.
        var named = SeparatorLine().Match(text);
        text = text[named.Length..];
        var isBroken = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = named.Success ? named.Groups[1].Value : SeparatorOf(text),
            IgnoreBlankLines = false,
            BadDataFound = _ => isBroken = true,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        var records = new List<ImportRecord>();
        // One more row than allowed, and the title rows, are enough to detect too many.
        for (var number = 1; records.Count < MaxRows + MaxTitles + 2 && parser.Read(); number++)
        {
            var cells = parser.Record ?? [];
            if (Array.Exists(cells, cell => !string.IsNullOrWhiteSpace(cell)))
                records.Add(new ImportRecord(number, cells, isBroken));
            isBroken = false;
        }

        return records;
    }

    // The separator that is most frequent outside of quotes in the first lines.
    private static string SeparatorOf(string text)
    {
        Dictionary<char, int> counts = new() { [','] = 0, [';'] = 0, ['\t'] = 0 };
        var isQuoted = false;
        var lines = 0;
        foreach (var c in text)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (c == '\n' && ++lines == MaxTitles)
                break;
            else if (!isQuoted && counts.TryGetValue(c, out var count))
                counts[c] = count + 1;
        }

        return counts.MaxBy(count => count.Value).Key.ToString();
    }

    [GeneratedRegex(@"\A(?:sep|SEP|Sep)=([,;\t])(?:\r\n|\n|\r)")]
    private static partial Regex SeparatorLine();
}
