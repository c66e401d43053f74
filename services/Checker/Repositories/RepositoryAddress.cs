using System.Net;
using System.Text.RegularExpressions;
using ShTP.Localization;

namespace ShTP.Checker.Repositories;

/// <summary>The address of a repository on an allowed host.</summary>
internal sealed partial record RepositoryAddress(string Host, string Path)
{
    public const int MaxLength = 300;

    /// <summary>Links must not have a port; the network configuration sets it.</summary>
    public string UrlAt(int port) => $"https://{Host}:{port}{Path}";

    /// <summary>Parses a student's link, or returns its fault.</summary>
    public static RepositoryAddress? TryParse(string link, IReadOnlyCollection<string> hosts, out LocalizedText? fault)
    {
        fault = FindFault(link, hosts);
        if (fault is not null)
            return null;
        var uri = new Uri(link);
        return new RepositoryAddress(uri.Host, uri.AbsolutePath.TrimEnd('/'));
    }

    private static LocalizedText? FindFault(string link, IReadOnlyCollection<string> hosts)
    {
        if (link.Length > MaxLength)
            return $"The link is longer than {MaxLength} characters.";
        if (!link.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            return "The link must begin with https://.";
        if (link.Contains('@', StringComparison.Ordinal))
            return "The link must hold no user name or password.";
        if (!Uri.TryCreate(link, UriKind.Absolute, out var uri) || uri.HostNameType != UriHostNameType.Dns)
            return IPAddress.TryParse(uri?.Host.Trim('[', ']'), out var _) ? "The link must name a host, not an address." : "The link is no address of a repository.";
        if (!hosts.Contains(uri.Host, StringComparer.OrdinalIgnoreCase))
            return $"Repositories may be on {string.Join(", ", hosts)}.";
        if (!uri.IsDefaultPort)
            return "The link must name no port.";
        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
            return "The link must hold neither ? nor #.";
        return PathOfRepository().IsMatch(link["https://".Length..]) ? null : "The link is no address of a repository: letters, digits, '.', '-' and '_' between slashes.";
    }

    // No segment begins with a dot or a dash: neither a parent directory nor an option of git.
    [GeneratedRegex(@"\A[A-Za-z0-9.-]+(/[A-Za-z0-9_][A-Za-z0-9_.-]*){2,6}/?\z")]
    private static partial Regex PathOfRepository();
}
