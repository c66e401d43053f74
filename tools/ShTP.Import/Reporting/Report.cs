using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ShTP.Import.Reporting;

/// <summary>
/// A line of JSON for every row, appended to a file so that no earlier run's lines are lost, and a summary on the console.
/// Lines are on the disk before the next batch is sent.
/// </summary>
internal sealed class Report : IAsyncDisposable
{
    private static readonly TimeSpan BetweenProgress = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StreamWriter _file;
    private readonly TextWriter _output;
    private readonly bool _isDryRun;
    private readonly Dictionary<string, int[]> _counts = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _shownAt;

    private Report(StreamWriter file, TextWriter output, bool isDryRun)
    {
        _file = file;
        _output = output;
        _isDryRun = isDryRun;
    }

    /// <summary>Whether every row is stored.</summary>
    public bool IsComplete => _counts.Values.All(count => count[(int)Outcome.Refused] == 0 && count[(int)Outcome.Different] == 0);

    public static async Task<Report> OpenAsync(string path, bool isDryRun, TextWriter output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var report = new Report(new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)), output, isDryRun);
        await report.WriteLineAsync(new { run = DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture), dryRun = isDryRun });
        await output.WriteLineAsync($"{(isDryRun ? "Dry run: nothing is written but the report" : "Moving")}; every row is in {Path.GetFullPath(path)}");
        return report;
    }

    /// <summary>Adds a line: <paramref name="key"/> is the old key, <paramref name="uuid"/> the new id.</summary>
    public async Task WriteAsync(string table, string key, Guid? uuid, Outcome outcome, IEnumerable<string> reasons)
    {
        if (!_counts.TryGetValue(table, out var count))
            _counts[table] = count = new int[Enum.GetValues<Outcome>().Length];
        count[(int)outcome]++;
        var name = outcome.ToString().ToLowerInvariant();
        var why = reasons.ToList();
        if (uuid is { } id && id.ToString() != key)
            await WriteLineAsync(new { table, id = key, uuid = id, outcome = name, reasons = why });
        else
            await WriteLineAsync(new { table, id = key, outcome = name, reasons = why });
    }

    public Task FlushAsync() => _file.FlushAsync();

    /// <summary>Prints the progress of a table: at its start, its end and from time to time.</summary>
    public async Task ShowProgressAsync(string table, long done, long total)
    {
        if (done > 0 && done < total && _watch.Elapsed - _shownAt < BetweenProgress)
            return;
        _shownAt = _watch.Elapsed;
        await _output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed.TotalSeconds,7:0.0} s  {table}: {done} of {total}"));
    }

    public async Task SummarizeAsync()
    {
        var names = Enum.GetNames<Outcome>();
        await _output.WriteLineAsync(_isDryRun ? "What would become of the rows:" : "What became of the rows:");
        await _output.WriteLineAsync($"  {"",-22}{string.Concat(names.Select(name => $"{name.ToLowerInvariant(),10}"))}");
        foreach (var (table, count) in _counts)
        {
            await _output.WriteLineAsync($"  {table,-22}{string.Concat(count.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number,10}")))}");
            await WriteLineAsync(new { summary = table, counts = names.Zip(count).ToDictionary(pair => pair.First.ToLowerInvariant(), pair => pair.Second) });
        }

        await FlushAsync();
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private Task WriteLineAsync(object line) => _file.WriteLineAsync(JsonSerializer.Serialize(line, Format));
}
