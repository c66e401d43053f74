using System.Net;
using System.Net.Sockets;

namespace ShTP.Checker.Repositories;

/// <summary>The allowed hosts of repositories.</summary>
/// <param name="Hosts">Names of hosts on the internet.</param>
internal sealed record RepositoryNetwork(IReadOnlyCollection<string> Hosts)
{
    private const int DefaultPort = 443;

    /// <summary>Hosts of the school's own network. Their address is configured and not resolved, so DNS cannot change it.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> OwnHosts { get; init; } = new Dictionary<string, IPEndPoint>();

    /// <summary>A file of trusted certificate authorities; null for those of the machine.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>For each command of git.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Finds the addresses of a host on the internet.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>All names that links may have.</summary>
    public IReadOnlyCollection<string> Names => [.. Hosts, .. OwnHosts.Keys];

    public static RepositoryNetwork From(CheckerOptions options) => new(options.Hosts)
    {
        OwnHosts = options.OwnHosts.ToDictionary(host => host.Key, host => IPEndPoint.Parse(host.Value), StringComparer.OrdinalIgnoreCase),
        CertificateAuthorities = options.CertificateAuthorities,
    };

    /// <summary>The one address that will be connected to.</summary>
    /// <exception cref="RepositoryRefusedException">There is none, or it is not on the internet.</exception>
    public async Task<IPEndPoint> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (OwnHosts.TryGetValue(host, out var own))
            return own;
        IPAddress[] addresses;
        try
        {
            addresses = await Resolve(host, cancellationToken);
        }
        catch (SocketException)
        {
            throw new RepositoryRefusedException($"{host} is not found.");
        }

        // All addresses are checked, because one bad address among good ones would be used for the connection.
        if (addresses.Length == 0 || !addresses.All(PublicAddresses.Contains))
            throw new RepositoryRefusedException($"{host} is not on the internet.");
        return new IPEndPoint(addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], DefaultPort);
    }
}
