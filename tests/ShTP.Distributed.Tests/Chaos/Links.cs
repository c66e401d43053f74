using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ShTP.Testing;

namespace ShTP.Distributed.Tests.Chaos;

/// <summary>Cuts connections between processes that both live on, by <c>ss --kill</c> of iproute2. It needs root and a kernel with CONFIG_INET_DIAG_DESTROY.</summary>
internal static partial class Links
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Whether it can be done here: tried with a connection of our own.</summary>
    public static async Task<bool> CanBeCutAsync()
    {
        if (!Environment.IsPrivilegedProcess || MissingTool.Find(("ss", "iproute2")).Count > 0)
            return false;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var accepted = await listener.AcceptTcpClientAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await CutAsync([((IPEndPoint)listener.LocalEndpoint).Port]);
            await client.GetStream().ReadExactlyAsync(new byte[1], limit.Token);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        // Refused by the kernel, or not known to it.
        catch (Exception refused) when (refused is InvalidOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The ports at which a process listens.</summary>
    public static async Task<IReadOnlyList<int>> PortsOfAsync(int process) =>
    [
        .. (await RunAsync("--no-header", "--listening", "--tcp", "--numeric", "--processes")).Split('\n')
            .Where(line => line.Contains($"pid={process.ToString(CultureInfo.InvariantCulture)},", StringComparison.Ordinal))
            .Select(line => int.Parse(LocalPort().Match(line).Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            .Distinct(),
    ];

    /// <summary>Resets all connections that were made to these ports.</summary>
    public static Task CutAsync(IReadOnlyCollection<int> ports) =>
        RunAsync(["--kill", "--tcp", "--numeric", "state", "established", string.Join(" or ", ports.Select(port => $"sport = :{port.ToString(CultureInfo.InvariantCulture)}"))]);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var ss = Process.Start(new ProcessStartInfo("ss", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (ss.StandardOutput.ReadToEndAsync(limit.Token), ss.StandardError.ReadToEndAsync(limit.Token));
        await ss.WaitForExitAsync(limit.Token);
        return ss.ExitCode == 0 ? await output : throw new InvalidOperationException($"ss ended with {ss.ExitCode}: {await error}");
    }

    // LISTEN 0 512 127.0.0.1:28320 0.0.0.0:* users:(("ShTP.Users",pid=17508,fd=300))
    [GeneratedRegex(@"^\S+\s+\S+\s+\S+\s+\S+:([0-9]+)\s")]
    private static partial Regex LocalPort();
}
