using System.Diagnostics;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>The gateway as a process of its own.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_NothingConfigured_NamesEveryFaultAndNoStack()
    {
        var error = await RefusedAsync();

        Assert.Contains("ServiceIdentity", error, StringComparison.Ordinal);
        Assert.Contains("services:auth:grpc:0", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OptionsThatCannotWork_NamesEachOfThem()
    {
        var error = await RefusedAsync(
            "--Gateway:RateLimits:Login:User:PerSecond=0",
            "--Gateway:RateLimits:Upload:Address:Burst=-1",
            "--Gateway:Transcoding:Timeout=-00:00:01",
            "--Gateway:Transcoding:MaxRequestBytes=0",
            "--Gateway:TrustedProxies:0=proxy.local",
            "--Gateway:TrustedProxies:1=10.0.0.1",
            "--Gateway:TrustedProxies:2=10.0.0.0/33",
            "--Revocations:FailAfter=soon");

        foreach (var key in new[] { "RateLimits:Login:User:PerSecond", "RateLimits:Upload:Address:Burst", "Transcoding:Timeout", "Transcoding:MaxRequestBytes", "TrustedProxies:0", "TrustedProxies:2" })
            Assert.Contains($"  - Gateway:{key} ", error, StringComparison.Ordinal);
        Assert.Contains("  - Revocations:FailAfter is 'soon'; it must be a time, such as 00:00:10.", error, StringComparison.Ordinal);
        Assert.DoesNotContain("TrustedProxies:1", error, StringComparison.Ordinal);
    }

    /// <summary>What the gateway says on standard error when it does not start.</summary>
    private static async Task<string> RefusedAsync(params string[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ShTP.Gateway.dll"), "--Kestrel:Endpoints:http:Url=http://127.0.0.1:0", .. settings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var gateway = Process.Start(start)!;
        var output = gateway.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = gateway.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await gateway.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            gateway.Kill();
            throw;
        }

        Assert.Equal(1, gateway.ExitCode);
        Assert.DoesNotContain("   at ", await error + await output, StringComparison.Ordinal);
        return await error;
    }
}
