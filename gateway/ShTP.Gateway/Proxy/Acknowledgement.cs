using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// Whether the other side of a connection has received a response. Kestrel calls a response complete when its own buffer
/// has it, and a client that closes then gets nothing. The operating system knows what was acknowledged (TCP_INFO, Linux).
/// </summary>
internal readonly struct Acknowledgement
{
    private const int TcpLevel = 6, TcpInfo = 11;

    // tcpi_bytes_acked of struct tcp_info in linux/tcp.h; the kernel only ever appends to it.
    private const int BytesAcknowledged = 120;
    private const int InfoSize = BytesAcknowledged + sizeof(long);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(1);

    private readonly Socket? _socket;
    private readonly long _before;

    private Acknowledgement(Socket socket, long before) => (_socket, _before) = (socket, before);

    /// <summary>Must be called before anything of the response is written.</summary>
    public static Acknowledgement Await(HttpContext context) =>
        OperatingSystem.IsLinux() && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && Read(socket) is { } before
            ? new Acknowledgement(socket, before)
            : default;

    /// <summary>True when at least so many bytes have arrived, or when this system cannot measure it; false when the connection is closed before, or after two seconds.</summary>
    public async Task<bool> HasComeAsync(long bytes)
    {
        if (_socket is null)
            return true;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Limit; await Task.Delay(BetweenLooks))
        {
            if (Read(_socket) is not { } now)
                return false;
            if (now - _before >= bytes)
                return true;
        }

        return false;
    }

    private static long? Read(Socket socket)
    {
        Span<byte> info = stackalloc byte[InfoSize];
        try
        {
            return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) == InfoSize ? BinaryPrimitives.ReadInt64LittleEndian(info[BytesAcknowledged..]) : null;
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
