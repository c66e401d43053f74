using System.Diagnostics;
using System.Text;
using ShTP.Checker.Sandboxing;

namespace ShTP.Checker.Judging;

/// <summary>Attacks the sandbox like a malicious program. A checker judges only when every attack fails.</summary>
internal static class SandboxSelfTest
{
    private const string Finished = "all attacks were tried";

    private static readonly SandboxLimits Limits = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), 64 * SandboxLimits.Mebibyte);

    private static readonly string Attacks = EmbeddedText.Read("SelfTest.py");

    /// <summary>The faults of the isolation, one sentence each; empty when there are none.</summary>
    public static async Task<IReadOnlyList<string>> FindFaultsAsync(Sandbox sandbox, Toolchain toolchain, CancellationToken cancellationToken = default)
    {
        try
        {
            return
            [
                .. await FindBreachesAsync(sandbox, toolchain, cancellationToken),
                .. await ExpectAsync("A memory hog", SandboxLimit.Memory, "hog = []\nwhile True: hog.append(bytearray(1 << 20))"),
                .. await ExpectAsync("Endless output", SandboxLimit.Output, "while True: print('x' * 4096)"),
            ];
        }
        catch (SandboxException failed)
        {
            return [failed.Message];
        }

        async Task<string[]> ExpectAsync(string attack, SandboxLimit limit, string program)
        {
            var result = await sandbox.RunAsync(toolchain.RunPython("-c", program) with { Limits = Limits }, cancellationToken);
            return result.Limit == limit ? [] : [$"{attack} was not stopped by its limit but ended with {result.Limit} and exit code {result.ExitCode}."];
        }
    }

    private static async Task<IEnumerable<string>> FindBreachesAsync(Sandbox sandbox, Toolchain toolchain, CancellationToken cancellationToken)
    {
        var secret = Path.Join(sandbox.Host.Folder.Path, "secret");
        await File.WriteAllTextAsync(secret, "secret", cancellationToken);
        // Not the checker itself: as the first process of a container it has the number of the first one in the sandbox.
        using var bystander = Process.Start(new ProcessStartInfo("sleep", [$"{(int)Limits.WallTime.TotalSeconds * 2}"]))
            ?? throw new SandboxException("sleep did not start.");
        var command = toolchain.RunPython("-c", Attacks, secret, $"{bystander.Id}") with { Limits = Limits };
        var result = await sandbox.RunAsync(command, cancellationToken);
        bystander.Kill();
        var lines = Encoding.UTF8.GetString(result.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines is not [.., Finished])
            return [$"The attacks did not run to their end: {result.Limit}, exit code {result.ExitCode}, {Encoding.UTF8.GetString(result.Error).Trim()}"];
        return lines[..^1].Select(breach => $"A program in the sandbox {breach}.")
            .Concat(await File.ReadAllTextAsync(secret, cancellationToken) == "secret" ? [] : ["A program in the sandbox changed a file of the host."]);
    }
}
