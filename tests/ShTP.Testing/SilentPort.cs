using System.Net;
using System.Net.Sockets;

namespace ShTP.Testing;

/// <summary>An address at which connections are neither accepted nor refused, as that of a machine which was lost. Linux.</summary>
public sealed class SilentPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TcpClient _first = new();

    /// <param name="address">An address of this machine.</param>
    /// <param name="port">0 for any that is free.</param>
    public SilentPort(IPAddress address, int port = 0)
    {
        // Its queue is full, so further connections are not answered: Linux keeps one more than the backlog.
        _socket.Bind(new IPEndPoint(address, port));
        _socket.Listen(0);
        _first.Connect((IPEndPoint)_socket.LocalEndPoint!);
    }

    /// <summary>For HTTP without TLS.</summary>
    public Uri Address => new($"http://{_socket.LocalEndPoint}");

    public void Dispose()
    {
        _first.Dispose();
        _socket.Dispose();
    }
}
