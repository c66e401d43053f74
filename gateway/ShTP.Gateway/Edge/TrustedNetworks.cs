using System.Net;

namespace ShTP.Gateway.Edge;

/// <summary>The proxies of <c>Gateway:TrustedProxies</c>.</summary>
internal sealed record TrustedNetworks(IReadOnlyList<System.Net.IPNetwork> Networks)
{
    public bool Contains(IPAddress address)
    {
        foreach (var network in Networks)
        {
            if (network.Contains(address))
                return true;
        }

        return false;
    }
}
