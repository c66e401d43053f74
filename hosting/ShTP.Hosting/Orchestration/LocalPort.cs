using System.Globalization;
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

    // A bound socket would hold a port too, but no process could then listen on it everywhere; so AppHosts of one user
    // tell each other by locked files, which the system unlocks when their holder dies.
    private static readonly string Locks = Path.Combine(Path.GetTempPath(), $"shtp-ports-{Environment.UserName}");

    /// <summary>A port that nobody listens on and no other AppHost of this user gets until the hold is disposed.</summary>
    public static (int Port, IDisposable Hold) Reserve()
    {
        Directory.CreateDirectory(Locks);
        for (var i = 0; i < Tries; i++)
        {
            var port = RandomNumberGenerator.GetInt32(First, Last);
            if (TryHold(port) is not { } hold)
                continue;
            if (IsFree(port))
                return (port, hold);
            hold.Dispose();
        }
        throw new DistributedApplicationException($"No free port was found between {First} and {Last} in {Tries} tries.");
    }

    /// <summary>Whether nobody listens on the port.</summary>
    public static bool IsFree(int port) =>
        CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static FileStream? TryHold(int port)
    {
        try
        {
            return new FileStream(Path.Combine(Locks, port.ToString(CultureInfo.InvariantCulture)), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.DeleteOnClose,
            });
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static bool CanListen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
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
}
