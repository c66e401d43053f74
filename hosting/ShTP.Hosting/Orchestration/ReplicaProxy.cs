using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Listens on a public port and hands each connection to a random replica; one that refuses is passed over.</summary>
internal sealed class ReplicaProxy(int port, int[] targets, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _loops = [];

    public void Start()
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
                continue;
            var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listeners.Add(listener);
            try
            {
                listener.Bind(new IPEndPoint(address, port));
                listener.Listen();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                continue;
            }
            catch (SocketException e)
            {
                throw new DistributedApplicationException($"Port {port} cannot be opened for replicas: {e.Message}", e);
            }
            _loops.Add(AcceptAsync(listener));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners)
            listener.Dispose();
        await Task.WhenAll(_loops);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                logger.LogWarning("Accepting a connection on port {Port} failed: {Error}", port, e.Message);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var replica = await ConnectAsync())
        {
            if (replica is null)
                return;
            client.NoDelay = replica.NoDelay = true;
            try
            {
                await Task.WhenAll(CopyAsync(client, replica), CopyAsync(replica, client));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side broke the connection; disposing both breaks it for the other too.
            }
        }
    }

    private async Task<Socket?> ConnectAsync()
    {
        var order = targets.ToArray();
        Random.Shared.Shuffle(order);
        foreach (var target in order)
        {
            // Whichever loopback address the replica listens on.
            foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
            {
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(new IPEndPoint(address, target), _stop.Token);
                    return socket;
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    socket.Dispose();
                }
            }
        }
        return null;
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is var count and > 0)
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            // The end of one direction is passed on; the other may still have something to say.
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            from.Dispose();
            to.Dispose();
            throw;
        }
    }
}
