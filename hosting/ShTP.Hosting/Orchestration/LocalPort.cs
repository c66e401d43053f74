using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Aspire.Hosting.Orchestration;

/// <summary>TCP ports of this machine's loopback addresses.</summary>
internal static class LocalPort
{
    // Below the range that systems give to outgoing connections (32768 and up on Linux, 49152 elsewhere), so that a port
    // chosen now is not somebody's source port when the process binds it.
    private const int First = 20_000;
    private const int Last = 32_000;
    private const int Tries = 200;

    /// <summary>
    /// A free port. On Linux the result keeps it bound without listening: another AppHost then sees it as taken, while a
    /// process may still listen on it (both set SO_REUSEADDR). Elsewhere nothing holds it.
    /// </summary>
    public static (int Port, IDisposable Hold) Reserve()
    {
        for (var i = 0; i < Tries; i++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (!IsFree(port, alsoIfOnlyHeld: false))
                continue;
            var hold = new PortHold();
            if (!OperatingSystem.IsLinux() || hold.TryBind(port))
                return (port, hold);
            hold.Dispose();
        }
        throw new DistributedApplicationException($"No free port was found between {First} and {Last} in {Tries} tries.");
    }

    /// <summary>Whether nobody listens on the port; ports that are only held count as free on demand.</summary>
    public static bool IsFree(int port, bool alsoIfOnlyHeld = true) =>
        CanListen(IPAddress.Loopback, port, alsoIfOnlyHeld) &&
        (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port, alsoIfOnlyHeld));

    private static bool CanListen(IPAddress address, int port, bool shared)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Not exclusive means SO_REUSEADDR on Unix.
            if (!shared)
                socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // IPv6 is compiled in but has no loopback address here.
            return true;
        }
    }

    private sealed class PortHold : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public bool TryBind(int port)
        {
            foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
            {
                if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
                    continue;
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                _sockets.Add(socket);
                try
                {
                    socket.Bind(new IPEndPoint(address, port));
                }
                catch (SocketException e) when (e.SocketErrorCode != SocketError.AddressNotAvailable)
                {
                    return false;
                }
                catch (SocketException)
                {
                    // As above: no IPv6 loopback address.
                }
            }
            return true;
        }

        public void Dispose()
        {
            foreach (var socket in _sockets)
                socket.Dispose();
        }
    }
}
