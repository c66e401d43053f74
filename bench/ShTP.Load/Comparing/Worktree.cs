using System.Diagnostics;

namespace ShTP.Load.Comparing;

/// <summary>Another commit of this repository, built in a worktree of its own below artifacts/.</summary>
internal static class Worktree
{
    /// <summary>The folder of the commit, built in Release.</summary>
    /// <exception cref="InvalidOperationException">There is no such commit, or it does not build.</exception>
    public static async Task<string> BuildAsync(string commit)
    {
        var id = (await RunAsync(Measured.Repository, "git", "rev-parse", "--verify", commit + "^{commit}")).Trim();
        var folder = Path.Combine(Measured.Repository, "artifacts", "compare", id[..12]);
        if (!Directory.Exists(folder))
        {
            await RunAsync(Measured.Repository, "git", "worktree", "prune");
            await RunAsync(Measured.Repository, "git", "worktree", "add", "--detach", folder, id);
        }

        Console.WriteLine($"building {id[..12]}");
        await RunAsync(folder, "dotnet", "build", "ShTP.AppHost", "-c", "Release", "-v", "quiet", "-nodeReuse:false");
        return folder;
    }

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {await error} {await output}");
    }
}
