using System.Net;
using Grpc.Core;
using ShTP.Auth.Sessions;

namespace ShTP.Auth.Login;

/// <summary>Metadata about the client, set by the gateway.</summary>
internal static class ClientFacts
{
    /// <summary>The client's address from the gateway, or the peer's own.</summary>
    public static string Address(ServerCallContext context)
    {
        var told = context.RequestHeaders.GetValue("x-forwarded-for");
        if (IPAddress.TryParse(told, out var address))
            return address.ToString();
        var peer = context.Peer;
        return peer.Length > Session.MaxAddressLength ? peer[..Session.MaxAddressLength] : peer;
    }

    /// <summary>The client's User-Agent, cut to the maximum of a session.</summary>
    public static string UserAgent(ServerCallContext context)
    {
        var told = context.RequestHeaders.GetValue("shtp-user-agent") ?? "";
        return told.Length > Session.MaxUserAgentLength ? told[..Session.MaxUserAgentLength] : told;
    }
}
