namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Bounds of a server that other processes of ShTP call; section <c>Server</c>.</summary>
public sealed class ServerOptions
{
    private const int Most = 1_000_000;

    /// <summary>
    /// Connections at the same time. Calls share a few connections per caller, but the gateway opens one for each
    /// concurrent download.
    /// </summary>
    public int MaxConnections { get; set; } = 5_000;

    internal IEnumerable<string> FindFaults()
    {
        if (MaxConnections is < 1 or > Most)
            yield return $"Server:MaxConnections must be between 1 and {Most}, it is {MaxConnections}.";
    }
}
