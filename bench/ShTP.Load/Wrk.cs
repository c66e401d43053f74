using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ShTP.Load;

/// <summary>What one run of wrk saw.</summary>
/// <param name="PerSecond">Answers per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile in milliseconds.</param>
/// <param name="Errors">Socket errors and answers outside 2xx and 3xx.</param>
internal sealed record WrkResult(double PerSecond, double P50, double P99, long Errors);

/// <summary>Runs wrk, which costs the machine little beside what it measures.</summary>
internal static partial class Wrk
{
    public static bool IsInstalled => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(directory => File.Exists(Path.Combine(directory, "wrk")));

    public static async Task<WrkResult> RunAsync(
        string url, int connections, TimeSpan duration, string? token = null, string? accept = null, string? script = null)
    {
        List<string> arguments = ["-t1", $"-c{connections}", $"-d{(int)duration.TotalSeconds}s", "--latency"];
        if (token is not null)
            arguments.AddRange(["-H", $"Authorization: Bearer {token}"]);
        if (accept is not null)
            arguments.AddRange(["-H", $"Accept: {accept}"]);
        if (script is not null)
            arguments.AddRange(["-s", script]);
        using var wrk = Process.Start(new ProcessStartInfo("wrk", [.. arguments, url]) { RedirectStandardOutput = true })!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();

        double Latency(string percentile) => Milliseconds(Regex.Match(output, $@"^\s+{percentile}%\s+(\S+)", RegexOptions.Multiline).Groups[1].Value);
        var errors = NonSuccess().Match(output) is { Success: true } bad ? long.Parse(bad.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        if (SocketErrors().Match(output) is { Success: true } broken)
            errors += broken.Groups.Values.Skip(1).Sum(group => long.Parse(group.Value, CultureInfo.InvariantCulture));
        return new WrkResult(double.Parse(PerSecond().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), Latency("50"), Latency("99"), errors);
    }

    private static double Milliseconds(string text) => text switch
    {
        _ when text.EndsWith("us", StringComparison.Ordinal) => Number(text[..^2]) / 1000,
        _ when text.EndsWith("ms", StringComparison.Ordinal) => Number(text[..^2]),
        _ when text.EndsWith('s') => Number(text[..^1]) * 1000,
        _ => double.NaN,
    };

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+(\S+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex NonSuccess();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();
}
