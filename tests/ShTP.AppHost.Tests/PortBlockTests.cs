using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Xunit;

namespace ShTP.AppHost.Tests;

public sealed class PortBlockTests
{
    [Fact]
    public void TenSystems_StartedTogether_HaveNoPortInCommon()
    {
        var builders = Enumerable.Range(0, 10).Select(_ => TestModel.Create()).ToArray();

        var ports = builders.SelectMany(builder =>
        {
            var own = PortBlock.Take(builder).TakePort();
            return Enumerable.Range(Range(builder, "Start"), Range(builder, "End") - Range(builder, "Start") + 1).Append(own);
        }).ToArray();

        Assert.Equal(ports.Length, ports.Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port, 1024, 32767));
        foreach (var builder in builders)
            builder.Dispose();
    }

    [Fact]
    public void TakePort_OneTakenByAnotherProgram_IsPassedOver()
    {
        using var builder = TestModel.Create();
        var block = PortBlock.Take(builder);
        var first = block.TakePort();
        using var other = new TcpListener(IPAddress.Loopback, first + 1);
        other.Start();

        Assert.Equal(first + 2, block.TakePort());
    }

    private static int Range(IDistributedApplicationBuilder builder, string end) =>
        int.Parse(builder.Configuration[$"DcpPublisher:ProxylessEndpointPortRange{end}"]!, CultureInfo.InvariantCulture);
}
