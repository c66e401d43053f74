using System.Net;
using System.Net.Sockets;
using ShTP.Rpc.Clients;
using Xunit;

namespace ShTP.Services.Tests.ServiceDefaults;

/// <summary>Connections to a name with several addresses, some of which do not answer.</summary>
public sealed class InstanceConnectionTests
{
    private static readonly IPAddress Refusing = IPAddress.Parse("127.0.0.2");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_FirstInstanceRefuses_ReachesTheNext()
    {
        using var instance = new TcpListener(IPAddress.Loopback, 0);
        instance.Start();
        var port = ((IPEndPoint)instance.LocalEndpoint).Port;

        await using var connection = await InstanceConnection.ConnectAsync([Refusing, IPAddress.Loopback], port, Cancel);

        using var accepted = await instance.AcceptTcpClientAsync(Cancel);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task Connect_FirstInstanceIsSilent_ReachesTheNextInTime()
    {
        // First the address that other tests use too: a port that is free at the other one may be taken there.
        using var instance = new TcpListener(IPAddress.Loopback, 0);
        instance.Start();
        var port = ((IPEndPoint)instance.LocalEndpoint).Port;
        // Its queue is full, so further connections are not answered: Linux keeps one more than the backlog.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(Refusing, port));
        silent.Listen(0);
        using var first = new TcpClient();
        await first.ConnectAsync(Refusing, port, Cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(10));

        await using var connection = await InstanceConnection.ConnectAsync([Refusing, IPAddress.Loopback], port, limit.Token);

        using var accepted = await instance.AcceptTcpClientAsync(Cancel);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task Connect_NoInstanceAnswers_SaysSo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();

        var failure = await Assert.ThrowsAsync<SocketException>(() => InstanceConnection.ConnectAsync([Refusing, IPAddress.Loopback], port, Cancel));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
    }
}
