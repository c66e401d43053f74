using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Xunit;

namespace ShTP.Services.Tests.Events;

/// <summary>A calendar as ical.js reads it, which Thunderbird and Nextcloud use.</summary>
internal static class IcalReader
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly string Root = typeof(IcalReader).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    internal sealed record Calendar(string Name, Entry[] Events);

    internal sealed record Entry(string Uid, string Summary, string? Description, string? Location, int Sequence, string Start, string End, bool HasEnd, string? Status);

    public static async Task<Calendar> ReadAsync(string file)
    {
        Assert.SkipUnless(Directory.Exists(Path.Combine(Root, "node_modules", "ical.js")), "The reader is not installed: run 'npm ci' at the root of the repository.");
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, file);
            return await RunAsync(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<Calendar> RunAsync(string path)
    {
        using var process = Start(new ProcessStartInfo("node", [Path.Combine(Root, "tests", "clients", "ical.mjs"), path]) { RedirectStandardOutput = true, RedirectStandardError = true });
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"the reader did not end within {Limit}");
        }

        Assert.True(process.ExitCode == 0, $"the reader ended with {process.ExitCode}: {await error}");
        return JsonSerializer.Deserialize<Calendar>(await output, Json)!;
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
