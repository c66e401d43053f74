using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace ShTP.Gateway.Proxy;

/// <summary>
/// Whether the other side of a connection has received a response. Kestrel calls a response complete when its own buffer
/// has it, and a client that closes then gets nothing. The operating system knows what was acknowledged (TCP_INFO, Linux).
/// It acknowledges what the client has not read yet, too, and resets the connection of a client that goes away without reading
/// it: so after the last byte this waits a moment for a reset, unless the client sends something or closes in order.
/// </summary>
internal sealed class Acknowledgement : IDisposable
{
    private const int TcpLevel = 6, TcpInfo = 11;

    // struct tcp_info in linux/tcp.h; the kernel only ever appends to it.
    private const int BytesAcknowledged = 120, BytesReceived = 128;
    private const int InfoSize = BytesReceived + sizeof(long);

    // TCP_CLOSE, after a reset, and TCP_CLOSE_WAIT.
    private const byte Closed = 7, ClosedByClient = 8;

    // Long enough for packets that are lost on a slow network, short enough for the limit of Notifications.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(10);

    private readonly Socket _socket;
    private readonly SentBytes _sent;
    private readonly long _received;
    private readonly CancellationTokenRegistration _closing;
    private long _expected = long.MaxValue; // until the response is complete
    private volatile Progress _end;

    private Acknowledgement(Socket socket, SentBytes sent, CancellationToken closed)
    {
        (_socket, _sent, _received) = (socket, sent, Read(socket)?.Received ?? 0);
        // Callbacks run in reverse order, so this one looks before Kestrel's throws the socket away. If it came after, the
        // response would be shown once more.
        _closing = closed.UnsafeRegister(static one => ((Acknowledgement)one!).Close(), this);
    }

    private enum Progress
    {
        Underway,
        Acknowledged,
        Read,
        Lost,
    }

    /// <summary>It is certain that the client does not get all of the response.</summary>
    public bool IsLost => Look() == Progress.Lost;

    /// <summary>Must be called before anything of the response is written. Null when it cannot be measured here.</summary>
    public static Acknowledgement? Await(HttpContext context)
    {
        // HTTP/2 mixes responses, and calls them complete before they are written. The gateway speaks HTTP/1.1.
        if (!OperatingSystem.IsLinux() || !(HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)))
            return null;
        var features = context.Features;
        return features.Get<IConnectionSocketFeature>() is { } connection && features.Get<SentBytes>() is { } sent && features.Get<IConnectionLifetimeFeature>() is { } lifetime
            ? new Acknowledgement(connection.Socket, sent, lifetime.ConnectionClosed)
            : null;
    }

    /// <summary>
    /// Must be called when the response is complete. False when the client closes or resets the connection before it has all
    /// of it, or does not have it after five seconds.
    /// </summary>
    public async Task<bool> HasComeAsync()
    {
        Volatile.Write(ref _expected, _sent.Total);
        TimeSpan? acknowledged = null;
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromTicks(Math.Clamp(clock.Elapsed.Ticks / 4, ShortestPause.Ticks, LongestPause.Ticks))))
        {
            switch (Look())
            {
                case Progress.Lost:
                    return false;
                case Progress.Read:
                    return true;
                case Progress.Acknowledged:
                    acknowledged ??= clock.Elapsed;
                    if (clock.Elapsed - acknowledged >= Grace)
                        return true;
                    break;
                default:
                    if (clock.Elapsed >= Limit)
                        return false;
                    break;
            }
        }
    }

    public void Dispose() => _closing.Dispose();

    // What was not complete by now is cut.
    private void Close() => _end = Look() == Progress.Read ? Progress.Read : Progress.Lost;

    private Progress Look()
    {
        if (_end is var end and not Progress.Underway)
            return end;
        if (Read(_socket) is not { } now || now.State == Closed)
            return _end is Progress.Read ? Progress.Read : Progress.Lost;
        if (now.Acknowledged < Volatile.Read(ref _expected))
            return Progress.Underway;
        // A client closes in order only when nothing is left to read.
        return now.State == ClosedByClient || now.Received > _received ? Progress.Read : Progress.Acknowledged;
    }

    private static (byte State, long Acknowledged, long Received)? Read(Socket socket)
    {
        Span<byte> info = stackalloc byte[InfoSize];
        try
        {
            return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) == InfoSize
                ? (info[0], BinaryPrimitives.ReadInt64LittleEndian(info[BytesAcknowledged..]), BinaryPrimitives.ReadInt64LittleEndian(info[BytesReceived..]))
                : null;
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
