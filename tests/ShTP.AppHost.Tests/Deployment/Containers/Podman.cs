using System.Diagnostics;
using ShTP.Testing;
using Xunit;

namespace ShTP.AppHost.Tests.Deployment.Containers;

/// <summary>Podman, with settings that work in a machine that is itself bounded.</summary>
internal sealed class Podman
{
    private static readonly string[] Packages = ["podman", "runc", "netavark", "aardvark-dns", "conmon", "catatonit", "iptables", "mmdebstrap", "curl"];

    private readonly string _settings;

    /// <summary>Skips the test where something is missing.</summary>
    public Podman(string folder)
    {
        if (!Environment.IsPrivilegedProcess)
            MissingTool.Skip("The images are made by root.", "sudo -s");
        MissingTool.SkipWithout([("podman", string.Join(' ', Packages)), ("mmdebstrap", "mmdebstrap"), ("curl", "curl"), ("openssl", "openssl")]);
        _settings = Path.Combine(folder, "containers.conf");
        // More than the machine's own bounds is refused, and crun refuses control groups of both versions at once.
        var runtime = Directory.Exists("/sys/fs/cgroup/unified") ? "runtime = \"runc\"\n" : "";
        File.WriteAllText(_settings, $"[containers]\ndefault_ulimits = [\"nofile=4096:4096\", \"nproc=4096:4096\"]\n[engine]\n{runtime}[network]\nnetwork_backend = \"netavark\"\n");
    }

    /// <summary>Runs a command to its end, which must be a good one, and returns what it wrote.</summary>
    public Task<string> RunAsync(TimeSpan limit, params IEnumerable<string> arguments) => RunAsync("podman", limit, arguments);

    public async Task<string> RunAsync(string program, TimeSpan limit, params IEnumerable<string> arguments)
    {
        var (exitCode, output, error) = await TryAsync(program, limit, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{error}");
        return output;
    }

    public async Task<bool> SucceedsAsync(TimeSpan limit, params IEnumerable<string> arguments) => (await TryAsync("podman", limit, arguments)).ExitCode == 0;

    /// <summary>Builds an image of a folder, by instructions that are not in it.</summary>
    public async Task BuildAsync(TimeSpan limit, string instructions, string folder, string image)
    {
        var file = Path.Combine(Path.GetDirectoryName(_settings)!, "Containerfile");
        await File.WriteAllTextAsync(file, instructions, TestContext.Current.CancellationToken);
        await RunAsync(limit, "build", "--quiet", "--file", file, "--tag", image, folder);
    }

    private async Task<(int ExitCode, string Output, string Error)> TryAsync(string program, TimeSpan limit, IEnumerable<string> arguments)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(limit);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
            Environment = { ["CONTAINERS_CONF"] = _settings },
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(end.Token);
            var error = process.StandardError.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} took longer than {limit}.");
        }
    }
}
