using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ShTP.Checker.Repositories;

/// <summary>Checks the version of git.</summary>
internal static partial class GitVersion
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // The first version with http.curloptResolve, which makes git connect to the checked address. Older ones ignore it and resolve the name again.
    private static readonly Version Oldest = new(2, 37);

    /// <summary>The fault of git, or null.</summary>
    public static async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("git", ["--version"]) { RedirectStandardOutput = true });
            return process is null ? "git did not start." : FindFault(await process.StandardOutput.ReadToEndAsync(limit.Token));
        }
        catch (Win32Exception)
        {
            return "git is missing: install the package git.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"git did not tell its version within {Limit.TotalSeconds} seconds.";
        }
    }

    internal static string? FindFault(string answer) =>
        Number().Match(answer) is { Success: true } number && Version.Parse(number.Value) is var version && version >= Oldest
            ? null
            : $"git {Oldest} or newer is needed, which connects only to addresses that were checked; here is '{answer.Trim()}'.";

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex Number();
}
