using Microsoft.AspNetCore.Connections;

namespace ShTP.Gateway.Limits;

/// <summary>An open connection. All fields but the first two belong to the lock of <see cref="ConnectionGate"/>.</summary>
internal sealed class ClientConnection
{
    public ClientConnection(ConnectionContext context, AddressConnections address)
    {
        (Context, Address) = (context, address);
        (InAll, InAddress) = (new(this), new(this));
    }

    public ConnectionContext Context { get; }

    public AddressConnections Address { get; }

    /// <summary>Requests that are being served. HTTP/1.1 has one at a time.</summary>
    public int Requests { get; set; }

    /// <summary>Since when it waits for a request; a timestamp.</summary>
    public long IdleSince { get; set; }

    /// <summary>It is no longer counted.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Its place among all idle connections.</summary>
    public LinkedListNode<ClientConnection> InAll { get; }

    /// <summary>Its place among the idle connections of its address.</summary>
    public LinkedListNode<ClientConnection> InAddress { get; }
}
