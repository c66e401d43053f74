using System.ComponentModel.DataAnnotations;

namespace ShTP.Checker;

/// <summary>The section <c>Checker</c> of the configuration.</summary>
internal sealed class CheckerOptions
{
    public const string Section = "Checker";

    private static readonly string[] KnownHosts = ["github.com", "gitlab.com", "gitverse.ru"];

    /// <summary>The distribution's own compiler; programs see its libraries where it has them.</summary>
    public string Compiler { get; init; } = "/usr/bin/g++";

    /// <summary>The distribution's own interpreter.</summary>
    public string Python { get; init; } = "/usr/bin/python3";

    /// <summary>Programs run as this user and the 999 after it when root starts the checker; none of them should own anything.</summary>
    public int FirstUser { get; init; } = 50_000;

    /// <summary>Hosts that repositories of contests may be on; github.com, gitlab.com and gitverse.ru when none is given.</summary>
    public string[]? GitHosts { get; init; }

    /// <summary>
    /// Hosts of the school's own network by name, each with the address and port of its https server. Only these may be
    /// on a private address.
    /// </summary>
    public Dictionary<string, string> OwnHosts { get; init; } = [];

    /// <summary>A PEM file of the authorities that vouch for <see cref="OwnHosts"/> and all others; those of the machine when it is not given.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>Submissions judged at a time; one for each processor when it is not given. Programs have a lower priority than services.</summary>
    [Range(1, 64)]
    public int Workers { get; init; } = Math.Min(Environment.ProcessorCount, 64);

    internal IReadOnlyList<string> Hosts => GitHosts is { Length: > 0 } hosts ? hosts : KnownHosts;
}
