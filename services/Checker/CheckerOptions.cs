using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ShTP.Checker;

/// <summary>The section <c>Checker</c> of the configuration.</summary>
internal sealed class CheckerOptions : IValidatableObject
{
    public const string Section = "Checker";

    private static readonly string[] KnownHosts = ["github.com", "gitlab.com", "gitverse.ru"];

    /// <summary>Path of the compiler of the distribution, whose libraries programs can use.</summary>
    public string Compiler { get; init; } = "/usr/bin/g++";

    /// <summary>Path of the interpreter of the distribution.</summary>
    public string Python { get; init; } = "/usr/bin/python3";

    /// <summary>
    /// Full path of a folder where the precompiled standard header is kept from one start to the next; default none. Only the
    /// checker's own user may be able to write to it.
    /// </summary>
    public string? Cache { get; init; }

    /// <summary>First of 1000 user ids for programs, when root starts the checker. They should own no files.</summary>
    [Range(1000, int.MaxValue - 1000)]
    public int FirstUser { get; init; } = 50_000;

    /// <summary>Allowed hosts of repositories; default github.com, gitlab.com and gitverse.ru.</summary>
    public string[]? GitHosts { get; init; }

    /// <summary>
    /// Hosts of the school's own network by name, each with the address and port of its https server. Only these may be
    /// on a private address.
    /// </summary>
    public Dictionary<string, string> OwnHosts { get; init; } = [];

    /// <summary>A PEM file of trusted certificate authorities for all hosts; default those of the machine.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>Concurrent submissions; default the number of processors. Programs have a lower priority than services.</summary>
    [Range(1, 64)]
    public int Workers { get; init; } = Math.Min(Environment.ProcessorCount, 64);

    internal IReadOnlyList<string> Hosts => GitHosts is { Length: > 0 } hosts ? hosts : KnownHosts;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var host in Hosts.Where(host => Uri.CheckHostName(host) != UriHostNameType.Dns))
            yield return new($"Checker:GitHosts: '{host}' is not the name of a host, such as github.com.", [nameof(GitHosts)]);
        foreach (var (host, address) in OwnHosts.Where(own => !IPEndPoint.TryParse(own.Value, out var end) || end.Port == 0))
            yield return new($"Checker:OwnHosts:{host} is '{address}'; it must be an address and a port, such as 10.0.0.7:443.", [nameof(OwnHosts)]);
        if (CertificateAuthorities is { Length: > 0 } file && !File.Exists(file))
            yield return new($"Checker:CertificateAuthorities: there is no file '{file}'.", [nameof(CertificateAuthorities)]);
        if (Cache is { Length: > 0 } cache && !Path.IsPathFullyQualified(cache))
            yield return new($"Checker:Cache is '{cache}'; it must be a full path, such as /var/cache/shtp/checker.", [nameof(Cache)]);
        // Health shows whether it is there: without it all but the judging works.
        foreach (var (name, path) in new[] { (nameof(Compiler), Compiler), (nameof(Python), Python) })
        {
            if (!Path.IsPathFullyQualified(path))
                yield return new($"Checker:{name} is '{path}'; it must be a full path, such as /usr/bin/g++.", [name]);
        }
    }
}
