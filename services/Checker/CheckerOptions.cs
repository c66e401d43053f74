using System.ComponentModel.DataAnnotations;

namespace ShTP.Checker;

/// <summary>The section <c>Checker</c> of the configuration.</summary>
internal sealed class CheckerOptions
{
    public const string Section = "Checker";

    private static readonly string[] KnownHosts = ["github.com", "gitlab.com", "gitverse.ru"];

    /// <summary>Path of the compiler of the distribution, whose libraries programs can use.</summary>
    public string Compiler { get; init; } = "/usr/bin/g++";

    /// <summary>Path of the interpreter of the distribution.</summary>
    public string Python { get; init; } = "/usr/bin/python3";

    /// <summary>First of 1000 user ids for programs, when root starts the checker. They should own no files.</summary>
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
}
