using System.Diagnostics;
using Xunit;

namespace ShTP.Testing;

/// <summary>A program that is started as a process of its own and refuses to.</summary>
internal static class RefusedStart
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What the program says on standard error. It has to end by itself, with exit code 1 and without a stack.</summary>
    /// <param name="assembly">The file of the program.</param>
    /// <param name="args">Its arguments.</param>
    public static async Task<string> OfAsync(string assembly, IEnumerable<string> args)
    {
        var cancel = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("dotnet", [assembly, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var program = Process.Start(start)!;
        var (output, error) = (program.StandardOutput.ReadToEndAsync(cancel), program.StandardError.ReadToEndAsync(cancel));
        try
        {
            await program.WaitForExitAsync(cancel).WaitAsync(Limit, cancel);
        }
        finally
        {
            if (!program.HasExited)
                program.Kill(entireProcessTree: true);
        }

        Assert.True(program.ExitCode == 1, $"{assembly} ended with {program.ExitCode}: {await output}{await error}");
        Assert.DoesNotContain("   at ", await error + await output, StringComparison.Ordinal);
        return await error;
    }
}
