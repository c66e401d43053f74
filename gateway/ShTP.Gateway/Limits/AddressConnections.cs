namespace ShTP.Gateway.Limits;

/// <summary>The connections of one address.</summary>
internal sealed class AddressConnections(ulong network)
{
    public ulong Network => network;

    public int Count { get; set; }

    /// <summary>The idle ones, longest idle first.</summary>
    public LinkedList<ClientConnection> Idle { get; } = new();
}
