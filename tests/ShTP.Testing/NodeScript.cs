using System.Diagnostics;
using Xunit;

namespace ShTP.Testing;

/// <summary>Scripts of <c>tests/clients</c> and <c>tests/browser</c>, which bring libraries of npm and a browser into tests.</summary>
internal static class NodeScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // As tests/browser/browser.mjs says it.
    private const int MissingBrowser = 77;

    /// <summary>Runs a script to its end, which must be a good one, and returns what it printed; skips the test where node or a package is missing.</summary>
    /// <param name="name">The file.</param>
    /// <param name="packages">The packages that it imports.</param>
    /// <param name="arguments">For the script.</param>
    public static Task<string> RunAsync(string name, string[] packages, params string[] arguments) =>
        RunAsync("clients", name, packages, arguments);

    /// <summary>The same for a script of <c>tests/browser</c>; skips the test also where there is no Chromium.</summary>
    public static Task<string> RunInBrowserAsync(string name, string[] packages, params string[] arguments) =>
        RunAsync("browser", name, ["playwright-core", .. packages], arguments);

    /// <summary>The same for a script that reads <paramref name="input"/> from a file, the last of its arguments.</summary>
    public static async Task<string> RunOnAsync(string name, string[] packages, string input, params string[] arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, input);
            return await RunAsync(name, packages, [.. arguments, file]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Skips the test where node or one of the packages of a script is missing.</summary>
    public static void SkipWithout(string name, params string[] packages)
    {
        MissingTool.SkipWithout(("node", "nodejs npm"));
        Assert.SkipUnless(
            packages.All(package => Directory.Exists(Repository.PathOf("node_modules", package))),
            $"The npm packages of {name} are not installed: run 'npm ci' at the root of the repository.");
    }

    private static async Task<string> RunAsync(string folder, string name, string[] packages, string[] arguments)
    {
        SkipWithout(name, packages);
        return await RunAsync(new ProcessStartInfo("node", [Repository.PathOf("tests", folder, name), .. arguments]));
    }

    /// <summary>Runs a process of node, whose first argument is the script, to its end.</summary>
    internal static async Task<string> RunAsync(ProcessStartInfo start)
    {
        var name = Path.GetFileName(start.ArgumentList[0]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{name} did not end within {Limit}: {await output}\n{await error}");
        }

        if (process.ExitCode == MissingBrowser)
            MissingTool.Skip("There is no Chromium, and CHROMIUM names none.", "tools/packages.sh chromium");
        Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}: {await output}\n{await error}");
        return await output;
    }
}
