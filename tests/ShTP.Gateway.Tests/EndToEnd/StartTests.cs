using System.Diagnostics;

namespace ShTP.Gateway.Tests.EndToEnd;

/// <summary>The gateway as a process of its own.</summary>
public sealed class StartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Start_NothingConfigured_NamesEveryFaultAndNoStack()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ShTP.Gateway.dll"), "--Kestrel:Endpoints:http:Url=http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var gateway = Process.Start(start)!;
        var output = gateway.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = gateway.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await gateway.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);

        Assert.Equal(1, gateway.ExitCode);
        Assert.Contains("ServiceIdentity", await error, StringComparison.Ordinal);
        Assert.Contains("services:auth:grpc:0", await error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await error + await output, StringComparison.Ordinal);
    }
}
