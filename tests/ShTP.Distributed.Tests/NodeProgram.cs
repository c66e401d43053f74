using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>Programs in node, with the packages that <c>npm ci</c> installs at the root of the repository.</summary>
internal static class NodeProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>A folder for what a test generates, below the repository so that node finds the packages.</summary>
    public static string CreateFolder() => Directory.CreateDirectory(Repository.PathOf("artifacts", "clients", Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>The script of a package, as its <c>bin</c> names it.</summary>
    public static string ScriptOf(string package, string script)
    {
        var path = Repository.PathOf("node_modules", package, script);
        Assert.True(File.Exists(path), $"{path} does not exist: run 'npm ci' at the root of the repository");
        return path;
    }

    /// <summary>Runs a script to its end, which must be a good one, and returns what it printed.</summary>
    public static async Task<string> RunAsync(string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        Assert.True(Directory.Exists(Repository.PathOf("node_modules", "protobufjs")), "the packages of the clients are not installed: run 'npm ci' at the root of the repository");
        var start = new ProcessStartInfo("node", [script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Start(start);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{Path.GetFileName(script)} did not end within {Limit}: {await output}\n{await error}");
        }

        Assert.True(process.ExitCode == 0, $"{Path.GetFileName(script)} ended with {process.ExitCode}: {await output}\n{await error}");
        return await output;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new InvalidOperationException($"node cannot be started; it is needed for the clients: {fault.Message}", fault);
        }
    }
}
