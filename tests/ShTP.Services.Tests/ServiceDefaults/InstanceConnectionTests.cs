using System.Net;
using System.Net.Sockets;
using ShTP.Rpc.Clients;
using ShTP.Testing;
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
        using var silent = new SilentPort(Refusing, port);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(10));

        await using var connection = await InstanceConnection.ConnectAsync([Refusing, IPAddress.Loopback], port, limit.Token);

        using var accepted = await instance.AcceptTcpClientAsync(Cancel);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public async Task Connect_OnlyInstanceIsSilent_IsAFaultOfTheConnection()
    {
        using var silent = new SilentPort(IPAddress.Loopback);
        using var handler = new SocketsHttpHandler();
        handler.ConnectWithin(TimeSpan.FromMilliseconds(300));
        using var http = new HttpClient(handler);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(silent.Address, Cancel));

        Assert.Equal((HttpRequestError.ConnectionError, SocketError.TimedOut), (failure.HttpRequestError, Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode));
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
