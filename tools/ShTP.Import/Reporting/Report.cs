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

    private readonly StreamWriter file;
    private readonly TextWriter output;
    private readonly bool isDryRun;
    private readonly Dictionary<string, int[]> counts = [];
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private TimeSpan shownAt;

    private Report(StreamWriter file, TextWriter output, bool isDryRun)
    {
        this.file = file;
        this.output = output;
        this.isDryRun = isDryRun;
    }

    /// <summary>Whether every row is stored.</summary>
    public bool IsComplete => counts.Values.All(count => count[(int)Outcome.Refused] == 0 && count[(int)Outcome.Different] == 0);

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
        if (!counts.TryGetValue(table, out var count))
            counts[table] = count = new int[Enum.GetValues<Outcome>().Length];
        count[(int)outcome]++;
        var name = outcome.ToString().ToLowerInvariant();
        var why = reasons.ToList();
        if (uuid is { } id && id.ToString() != key)
            await WriteLineAsync(new { table, id = key, uuid = id, outcome = name, reasons = why });
        else
            await WriteLineAsync(new { table, id = key, outcome = name, reasons = why });
    }

    public Task FlushAsync() => file.FlushAsync();

    /// <summary>Prints the progress of a table: at its start, its end and from time to time.</summary>
    public async Task ShowProgressAsync(string table, long done, long total)
    {
        if (done > 0 && done < total && watch.Elapsed - shownAt < BetweenProgress)
            return;
        shownAt = watch.Elapsed;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds,7:0.0} s  {table}: {done} of {total}"));
    }

    public async Task SummarizeAsync()
    {
        var names = Enum.GetNames<Outcome>();
        await output.WriteLineAsync(isDryRun ? "What would become of the rows:" : "What became of the rows:");
        await output.WriteLineAsync($"  {"",-22}{string.Concat(names.Select(name => $"{name.ToLowerInvariant(),10}"))}");
        foreach (var (table, count) in counts)
        {
            await output.WriteLineAsync($"  {table,-22}{string.Concat(count.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number,10}")))}");
            await WriteLineAsync(new { summary = table, counts = names.Zip(count).ToDictionary(pair => pair.First.ToLowerInvariant(), pair => pair.Second) });
        }

        await FlushAsync();
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();

    private Task WriteLineAsync(object line) => file.WriteLineAsync(JsonSerializer.Serialize(line, Format));
}
