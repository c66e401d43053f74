using System.Net;
using System.Net.Sockets;

namespace ShTP.Gateway.Edge;

/// <summary>Client metadata that is forwarded to services with the token.</summary>
internal static class ClientFacts
{
    private const int MaxUserAgent = 256;

    /// <summary>The User-Agent as safe metadata: printable ASCII, bounded; null when there is none.</summary>
    public static string? UserAgentOf(HttpContext context)
    {
        var text = context.Request.Headers.UserAgent.ToString();
        if (text.Length == 0)
            return null;
        if (text.Length <= MaxUserAgent && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        return string.Create(Math.Min(text.Length, MaxUserAgent), text, static (room, agent) =>
        {
            for (var i = 0; i < room.Length; i++)
                room[i] = agent[i] is >= ' ' and <= '~' ? agent[i] : '?';
        });
    }

    /// <summary>The client's IP address; mapped IPv6 addresses become IPv4.</summary>
    public static IPAddress AddressOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>The key of a client for rate limits: an IPv4 address, or the /64 network of an IPv6 customer.</summary>
    public static ulong NetworkOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) | 1UL << 63; // no IPv4 address has the top bit
    }
}
