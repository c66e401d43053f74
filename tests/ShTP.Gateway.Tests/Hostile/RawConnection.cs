using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ShTP.Gateway.Tests.Hostile;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawResponse(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string ContentType => Headers.GetValueOrDefault("content-type", "").Split(';')[0];

    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>A connection on which a test sends bytes that no HTTP client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly TcpClient _client;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private NetworkStream _stream = null!;
    private int _start;
    private int _end;

    private RawConnection(IPAddress from) => _client = new TcpClient(new IPEndPoint(from, 0)) { NoDelay = true };

    /// <summary>Connects, from an address of this machine.</summary>
    public static async Task<RawConnection> OpenAsync(Uri address, IPAddress? from = null)
    {
        var connection = new RawConnection(from ?? IPAddress.Loopback);
        await connection._client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        connection._stream = connection._client.GetStream();
        return connection;
    }

    /// <summary>Sends the bytes; false when the other side has already closed.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await _stream.WriteAsync(bytes, limit.Token);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Tells the other side that nothing more will come.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>The next final answer, or null when the connection was closed instead.</summary>
    public async Task<RawResponse?> ReadAsync(bool isHead = false)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            while (await ReadHeadAsync(limit.Token) is var (status, headers))
            {
                if (status >= 200)
                    return new RawResponse(status, headers, isHead || status is 204 or 304 ? [] : await ReadBodyAsync(headers, limit.Token));
            }
        }
        catch (IOException)
        {
            // Reset: closed all the same.
        }

        return null;
    }

    /// <summary>The status of the next answer, interim ones included, or null when the connection was closed instead.</summary>
    public async Task<int?> ReadInterimAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        return (await ReadHeadAsync(limit.Token))?.Status;
    }

    public void Dispose() => _client.Dispose();

    private async Task<(int Status, Dictionary<string, string> Headers)?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        if (await ReadLineAsync(cancellationToken) is not { Length: > 0 } first)
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return (int.Parse(first.AsSpan(9, 3), CultureInfo.InvariantCulture), headers);
    }

    private async Task<byte[]> ReadBodyAsync(Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        var body = new List<byte>();
        if (headers.TryGetValue("content-length", out var length))
        {
            await TakeAsync(body, int.Parse(length, CultureInfo.InvariantCulture), cancellationToken);
        }
        else if (headers.ContainsKey("transfer-encoding"))
        {
            while (await ReadLineAsync(cancellationToken) is { } size && int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var count)
            {
                await TakeAsync(body, count, cancellationToken);
                await ReadLineAsync(cancellationToken);
                if (count == 0)
                    break;
            }
        }

        return [.. body];
    }

    private async Task TakeAsync(List<byte> body, int count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
                throw new IOException("The body broke off.");
            var taken = Math.Min(count, _end - _start);
            body.AddRange(_buffer.AsSpan(_start, taken));
            _start += taken;
            count -= taken;
        }
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
                return null;
            var next = (char)_buffer[_start++];
            if (next == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(next);
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        _start = 0;
        _end = await _stream.ReadAsync(_buffer, cancellationToken);
        return _end > 0;
    }
}
