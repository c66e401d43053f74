using System.Diagnostics;
using ShTP.Testing;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>The version before this one, built in a worktree below <c>artifacts/</c>.</summary>
internal static class PreviousVersion
{
    /// <summary>The commit to build, such as the tag of the version that runs at the school.</summary>
    public const string Setting = "SHTP_PREVIOUS";

    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(20);

    /// <summary>The folder of the commit, which is built like this one: in Debug.</summary>
    public static async Task<string> BuildAsync()
    {
        var commit = Environment.GetEnvironmentVariable(Setting);
        Assert.False(string.IsNullOrEmpty(commit), $"{Setting} must name the commit of the version before.");
        var id = (await RunAsync(Repository.Root, "git", "rev-parse", "--verify", commit + "^{commit}")).Trim();
        var folder = Repository.PathOf("artifacts", "previous", id[..12]);
        if (!Directory.Exists(folder))
        {
            await RunAsync(Repository.Root, "git", "worktree", "prune");
            await RunAsync(Repository.Root, "git", "worktree", "add", "--detach", folder, id);
        }

        await RunAsync(folder, "dotnet", "build", "ShTP.AppHost", "-v", "quiet", "-nodeReuse:false", "-p:RunAnalyzers=false");
        return folder;
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(BuildLimit);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} failed: {await error} {await output}");
        return await output;
    }
}
