using System.Diagnostics;
using ShTP.Testing;

namespace ShTP.Distributed.Tests;

/// <summary>Programs in node, with the packages that <c>npm ci</c> installs at the root of the repository.</summary>
internal static class NodeProgram
{
    private const string PackagesCommand = "npm ci";

    /// <summary>A folder for what a test generates, below the repository so that node finds the packages.</summary>
    public static string CreateFolder() => Directory.CreateDirectory(Repository.PathOf("artifacts", "clients", Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>The script of a package, as its <c>bin</c> names it.</summary>
    public static string ScriptOf(string package, string script)
    {
        var path = Repository.PathOf("node_modules", package, script);
        if (!File.Exists(path))
            MissingTool.Skip($"The npm package {package} is not installed.", PackagesCommand);
        return path;
    }

    /// <summary>Runs a script to its end, which must be a good one, and returns what it printed.</summary>
    public static async Task<string> RunAsync(string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        MissingTool.SkipWithout(("node", "nodejs npm"));
        if (!Directory.Exists(Repository.PathOf("node_modules", "protobufjs")))
            MissingTool.Skip("The npm packages of the clients are not installed.", PackagesCommand);
        var start = new ProcessStartInfo("node", [script, .. arguments]) { WorkingDirectory = Repository.Root };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return await NodeScript.RunAsync(start);
    }
}
