using System.ComponentModel.DataAnnotations;

namespace ShTP.Assignments;

/// <summary>Settings of <c>Assignments</c>.</summary>
internal sealed record AssignmentsOptions
{
    public const string Section = "Assignments";

    private static readonly string[] KnownHosts = ["github.com", "gitlab.com", "gitverse.ru"];

    /// <summary>Duration of a lease in seconds, without heartbeats.</summary>
    [Range(1, 300)]
    public int LeaseSeconds { get; init; } = 15;

    /// <summary>Hosts of repositories; github.com, gitlab.com and gitverse.ru when none is given.</summary>
    public string[]? GitHosts { get; init; }

    internal IReadOnlyList<string> Hosts => GitHosts is { Length: > 0 } hosts ? hosts : KnownHosts;
}
