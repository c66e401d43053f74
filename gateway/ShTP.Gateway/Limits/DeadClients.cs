using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace ShTP.Gateway.Limits;

/// <summary>
/// Finds clients that are gone without a word, such as a phone without a network: the system would keep sending to them
/// for a quarter of an hour. Idle streams send something often enough.
/// </summary>
internal static class DeadClients
{
    // tcp(7)
    private const int TcpProtocol = 6;
    private const int TcpUserTimeout = 18;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    public static void Detect(SocketTransportOptions sockets) => sockets.CreateBoundListenSocket = CreateSocket;

    private static Socket CreateSocket(EndPoint end)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(end);
        // The sockets of connections inherit it.
        if (OperatingSystem.IsLinux() && end is IPEndPoint)
            socket.SetRawSocketOption(TcpProtocol, TcpUserTimeout, BitConverter.GetBytes((int)Limit.TotalMilliseconds));
        return socket;
    }
}
