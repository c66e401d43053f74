using System.Diagnostics;
using Xunit;

namespace ShTP.AppHost.Tests;

internal static class Processes
{
    /// <summary>Runs a program to its end, which must be a good one, and returns what it wrote.</summary>
    public static async Task<string> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Limits.Cancellation);
        var error = process.StandardError.ReadToEndAsync(Limits.Cancellation);
        await process.WaitForExitAsync(Limits.Cancellation);
        Assert.True(process.ExitCode == 0, $"{start.FileName}: {await output}{await error}");
        return await output;
    }

    public static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            // A dead process that nobody has waited for still has an entry.
            return !OperatingSystem.IsLinux() || !File.ReadAllText($"/proc/{processId}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }
}
