using System.Diagnostics;

namespace ShTP.Load.Comparing;

/// <summary>Another commit of this repository, built in a worktree of its own below artifacts/.</summary>
internal static class Worktree
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>The folder of the commit, with its AppHost and services built.</summary>
    /// <param name="repository">The root of this repository.</param>
    /// <param name="place">The folder in artifacts/ that the worktree is made in.</param>
    /// <param name="commit">What git knows it by.</param>
    /// <param name="options">Further options of <c>dotnet build</c>.</param>
    /// <exception cref="InvalidOperationException">There is no such commit, or it does not build.</exception>
    public static async Task<string> BuildAsync(string repository, string place, string commit, params string[] options)
    {
        var id = (await RunAsync(repository, "git", "rev-parse", "--verify", commit + "^{commit}")).Trim();
        var folder = Path.Combine(repository, "artifacts", place, id[..12]);
        if (!Directory.Exists(folder))
        {
            await RunAsync(repository, "git", "worktree", "prune");
            await RunAsync(repository, "git", "worktree", "add", "--detach", folder, id);
        }

        await RunAsync(folder, "dotnet", ["build", "ShTP.AppHost", "-v", "quiet", "-nodeReuse:false", .. options]);
        return folder;
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {await error} {await output}");
    }
}
