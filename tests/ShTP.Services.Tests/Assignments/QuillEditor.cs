using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Xunit;

namespace ShTP.Services.Tests.Assignments;

/// <summary>The web client's editor, run by node.</summary>
internal static class QuillEditor
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly string Root = typeof(QuillEditor).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>A text as the editor shows it.</summary>
    internal sealed record Shown(string Name, string Html, string Text);

    /// <summary>Every format of the toolbar, alone and each within each other.</summary>
    public static Task<Shown[]> WriteAsync() => RunAsync("write");

    /// <summary>What the editor makes of texts that it is given.</summary>
    public static async Task<Shown[]> ReadAsync(IEnumerable<string> html)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(html));
            return await RunAsync("read", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<Shown[]> RunAsync(params string[] arguments)
    {
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Root, "node_modules", "quill")) && Directory.Exists(Path.Combine(Root, "node_modules", "jsdom")),
            "The editor is not installed: run 'npm ci' at the root of the repository.");
        var start = new ProcessStartInfo("node", [Path.Combine(Root, "tests", "clients", "quill.mjs"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
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
            Assert.Fail($"the editor did not end within {Limit}");
        }

        Assert.True(process.ExitCode == 0, $"the editor ended with {process.ExitCode}: {await error}");
        return JsonSerializer.Deserialize<Shown[]>(await output, Json)!;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            Assert.Skip($"node cannot be started ({fault.Message}); 'tools/packages.sh nodejs' installs it on Debian.");
            throw;
        }
    }
}
