using System.Net;
using System.Net.Sockets;

namespace ShTP.Rpc.Clients;

/// <summary>
/// Connects to one of the instances behind a name, as clusters give them: each has the same chance, and one that is gone
/// costs a moment while there are others.
/// </summary>
public static class InstanceConnection
{
    // A machine that was lost does not refuse, it is silent.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Gives up after this time by a fault of the connection. The handler's own <see cref="SocketsHttpHandler.ConnectTimeout"/> cancels
    /// the requests that wait, which looks as if their callers had gone: neither the gateway nor gRPC would try another instance.
    /// </summary>
    public static void ConnectWithin(this SocketsHttpHandler handler, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(handler);
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan;
        handler.ConnectCallback = (context, cancellationToken) => ConnectAsync(context, limit, cancellationToken);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            return await ConnectAsync(context, end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    private static async Task<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        // On one machine they are two ways to the same instance.
        if (!addresses.Any(IPAddress.IsLoopback))
            Random.Shared.Shuffle(addresses);
        return await ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
    }

    /// <summary>Tries the addresses in their order.</summary>
    internal static async Task<Stream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; i < addresses.Count - 1; i++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                return await ConnectAsync(addresses[i], port, limit.Token);
            }
            catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The next one, whose failure counts when it is the last.
            }
        }

        return await ConnectAsync(addresses[^1], port, cancellationToken);
    }

    private static async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
