using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace ShTP.Checker.Repositories;

/// <summary>
/// Follows redirects of a host for moved repositories or for ".git" at the end, on the same host only. git itself must
/// not follow redirects, because they could lead to any address.
/// </summary>
internal static class RepositoryRedirect
{
    private const string Refs = "/info/refs";
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(15);

    /// <summary>The redirect target, or null when there is none or it is not a repository on the same host.</summary>
    /// <param name="address">The requested address.</param>
    /// <param name="end">The checked address of the host, the only one to connect to.</param>
    /// <param name="network">The allowed hosts.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task<RepositoryAddress?> FindAsync(RepositoryAddress address, IPEndPoint end, RepositoryNetwork network, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (_, token) => await ConnectAsync(end, token),
        };
        if (network.CertificateAuthorities is { } authorities)
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Trust(authorities) };
        using var client = new HttpClient(handler) { Timeout = MaxTime };
        try
        {
            using var answer = await client.GetAsync(
                new Uri($"{address.UrlAt(end.Port)}{Refs}?service=git-upload-pack"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)answer.StatusCode is >= 301 and <= 308 && answer.Headers.Location is { } location ? Read(location, address, network) : null;
        }
        catch (Exception failed) when (failed is HttpRequestException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static RepositoryAddress? Read(Uri location, RepositoryAddress from, RepositoryNetwork network)
    {
        var target = location.IsAbsoluteUri ? location : new Uri(new Uri($"https://{from.Host}"), location);
        if (target.Scheme != Uri.UriSchemeHttps || !target.Host.Equals(from.Host, StringComparison.OrdinalIgnoreCase) || !target.AbsolutePath.EndsWith(Refs, StringComparison.Ordinal))
            return null;
        var to = RepositoryAddress.TryParse($"https://{target.Host}{target.AbsolutePath[..^Refs.Length]}", network.Names, out _);
        return to == from ? null : to;
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint end, CancellationToken cancellationToken)
    {
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(end, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy Trust(string authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authorities);
        return policy;
    }
}
