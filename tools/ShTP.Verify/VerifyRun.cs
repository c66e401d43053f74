using Microsoft.Extensions.Configuration;
using ShTP.Invariants;
using ShTP.ServiceDefaults.Configuration;

namespace ShTP.Verify;

/// <summary>One run of the check, from its arguments to its exit code.</summary>
internal static class VerifyRun
{
    /// <summary>Nothing was found.</summary>
    public const int Healthy = 0;

    /// <summary>Violations were found and printed.</summary>
    public const int Violated = 2;

    /// <summary>The configuration is wrong, or a database cannot be read.</summary>
    public const int CannotCheck = 1;

    /// <summary>Stopped by a signal.</summary>
    public const int Stopped = 130;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            using var configuration = new ConfigurationManager();
            configuration.AddEnvironmentVariables().AddCommandLine(args);
            var unreadable = SecretFiles.Add(configuration);
            var options = OptionsReading.Read<VerifyOptions>(configuration, VerifyOptions.Section, options => options.FindFaults(), out var wrong);
            var connections = DatabaseNames.All.ToDictionary(database => database, database => configuration.GetConnectionString(database.NameOf()) ?? "");
            List<string> faults = [.. connections.Where(one => one.Value.Length == 0).Select(one => $"ConnectionStrings:{one.Key.NameOf()} is not set."), .. unreadable, .. wrong];
            if (faults.Count > 0)
                return await FailAsync(errors, string.Join(Environment.NewLine, faults));
            var report = await InvariantCheck.RunAsync(connections, ToCheckOptions(options), cancellationToken);
            await PrintAsync(report, output);
            return report.IsHealthy ? Healthy : Violated;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Stopped.");
            return Stopped;
        }
        catch (InvariantCheckException fault)
        {
            return await FailAsync(errors, fault.Message);
        }
    }

    private static InvariantCheckOptions ToCheckOptions(VerifyOptions options) => new()
    {
        StuckAfter = options.StuckAfter,
        ConfirmAfter = options.ConfirmAfter,
        MaxShown = options.MaxShown,
        FilesDirectory = options.FilesDirectory.Length == 0 ? null : options.FilesDirectory,
    };

    private static async Task PrintAsync(InvariantReport report, TextWriter output)
    {
        foreach (var violation in report.Violations)
            await output.WriteLineAsync(violation.ToString().ReplaceLineEndings(" "));
        foreach (var (name, count) in report.Hidden)
            await output.WriteLineAsync($"{name}: {count} more");
        foreach (var (database, head) in report.Audits.OrderBy(one => one.Key))
            await output.WriteLineAsync($"audit of {database.NameOf()}: {head.Entries} entries, the last one is {head.Number} with the hash {head.Hash}");
        await output.WriteLineAsync($"{report.Checked} invariants checked, {(report.IsHealthy ? "nothing found" : $"{report.Violations.Count + report.Hidden.Values.Sum()} violations")}");
    }

    private static async Task<int> FailAsync(TextWriter errors, string text)
    {
        await errors.WriteLineAsync(text);
        return CannotCheck;
    }
}
