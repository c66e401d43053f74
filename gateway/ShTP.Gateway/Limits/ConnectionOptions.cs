namespace ShTP.Gateway.Limits;

/// <summary>
/// How many connections and streams are open at the same time, and how slow they may be; section
/// <c>Gateway:Connections</c>. The defaults are for a school of 1,000 behind one address: a browser opens up to six
/// connections, but those that wait for the next request give way to new ones.
/// </summary>
internal sealed class ConnectionOptions
{
    private const int Most = 1_000_000;

    /// <summary>Connections of all clients.</summary>
    public int Total { get; set; } = 10_000;

    /// <summary>Connections of one address. Half of all: no address can take the room of the others.</summary>
    public int PerAddress { get; set; } = 5_000;

    /// <summary>Streams of all clients. Half of the connections: streams leave room for calls.</summary>
    public int Streams { get; set; } = 5_000;

    /// <summary>Streams of one user: more than the browser tabs and phones of one person.</summary>
    public int StreamsPerUser { get; set; } = 50;

    /// <summary>How long a connection may wait for its next request.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>How long the headers of a request may take.</summary>
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The slowest that a body may arrive or be read, in bytes per second, after five seconds.</summary>
    public int MinBytesPerSecond { get; set; } = 240;

    internal IEnumerable<string> FindFaults()
    {
        if (Total is < 1 or > Most)
            yield return $"Gateway:Connections:Total must be between 1 and {Most}, it is {Total}.";
        foreach (var (name, value) in new[] { (nameof(PerAddress), PerAddress), (nameof(Streams), Streams), (nameof(StreamsPerUser), StreamsPerUser) })
        {
            if (value < 1 || value > Total)
                yield return $"Gateway:Connections:{name} must be between 1 and Gateway:Connections:Total, it is {value}.";
        }

        foreach (var (name, value) in new[] { (nameof(IdleTimeout), IdleTimeout), (nameof(HeadersTimeout), HeadersTimeout) })
        {
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromHours(1))
                yield return $"Gateway:Connections:{name} must be between 1 second and 1 hour, it is {value}.";
        }

        if (MinBytesPerSecond is < 1 or > 1_000_000)
            yield return $"Gateway:Connections:MinBytesPerSecond must be between 1 and 1000000, it is {MinBytesPerSecond}.";
    }
}
