using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ShTP.Distributed.Tests;

/// <summary>A call whose connection is cut, as a tunnel or a closed laptop does it.</summary>
internal static class CutConnection
{
    /// <summary>Sends over a connection of its own, which is cut after a while: reset, or closed and read to its end.</summary>
    public static async Task<string> SendAsync(ApiClient client, HttpRequestMessage request, TimeSpan after, bool mayRead = false)
    {
        var host = client.Http.BaseAddress!;
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync();
        var head = new StringBuilder($"{request.Method} {request.RequestUri} HTTP/1.1\r\nHost: {host.Authority}\r\nAuthorization: Bearer {client.Token}\r\nContent-Length: {body.Length}\r\n");
        foreach (var header in request.Headers.Concat(request.Content?.Headers.Where(header => header.Key != "Content-Length") ?? []))
            head.Append(CultureInfo.InvariantCulture, $"{header.Key}: {string.Join(", ", header.Value)}\r\n");
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (!mayRead)
            socket.LingerState = new LingerOption(true, 0);
        await socket.ConnectAsync(host.Host, host.Port);
        await socket.SendAsync(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()));
        await socket.SendAsync(body);
        if (!mayRead)
        {
            await Task.WhenAny(socket.ReceiveAsync(new byte[1]), Task.Delay(after));
            return "";
        }

        // Everything that the gateway sends before it notices counts, so no answer is lost between looking and closing.
        await Task.Delay(after);
        socket.Shutdown(SocketShutdown.Send);
        var received = new List<byte>();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(RunningSystem.StepLimit) is > 0 and var count)
                received.AddRange(buffer.AsSpan(0, count));
        }
        catch (SocketException)
        {
            // The gateway ended it by a reset: what had come before has come.
        }

        return Encoding.UTF8.GetString(WithoutChunks([.. received]));
    }

    /// <summary>
    /// Asks as a browser does, reads so many bytes of the compressed answer, and resets the connection. With a small
    /// <paramref name="buffer"/> the rest has not even come to this machine.
    /// </summary>
    public static async Task ReadPartAsync(ApiClient client, string path, int bytes, int? buffer)
    {
        var host = client.Http.BaseAddress!;
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        if (buffer is { } size)
            socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(host.Host, host.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {host.Authority}\r\nAuthorization: Bearer {client.Token}\r\nAccept-Encoding: gzip\r\n\r\n"));
        var part = new byte[bytes];
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(part).AsTask().WaitAsync(RunningSystem.StepLimit);
        var head = Encoding.Latin1.GetString(part);
        Assert.StartsWith("HTTP/1.1 200 OK", head, StringComparison.Ordinal);
        Assert.Contains("Content-Encoding: gzip", head, StringComparison.Ordinal);
        Assert.True(head.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end && end + 4 < bytes, "the body has begun");
    }

    // A chunk may begin in the middle of what the caller looks for.
    private static byte[] WithoutChunks(byte[] answer)
    {
        var headLength = answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        if (headLength < 4 || !Encoding.ASCII.GetString(answer, 0, headLength).Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return answer;
        var whole = new List<byte>(answer[..headLength]);
        for (var rest = answer.AsSpan(headLength); rest.IndexOf("\r\n"u8) is > 0 and var end;)
        {
            var size = Math.Min(int.Parse(rest[..end], NumberStyles.HexNumber, CultureInfo.InvariantCulture), rest.Length - end - 2);
            whole.AddRange(rest.Slice(end + 2, size));
            rest = rest[Math.Min(rest.Length, end + size + 4)..];
        }

        return [.. whole];
    }
}
