using System.ComponentModel.DataAnnotations;

namespace ShTP.Assignments;

/// <summary>Settings of <c>Assignments</c>.</summary>
internal sealed record AssignmentsOptions : IValidatableObject
{
    public const string Section = "Assignments";

    private static readonly string[] KnownHosts = ["github.com", "gitlab.com", "gitverse.ru"];

    /// <summary>Duration of a lease in seconds, without heartbeats.</summary>
    [Range(1, 300)]
    public int LeaseSeconds { get; init; } = 15;

    /// <summary>Hosts of repositories; github.com, gitlab.com and gitverse.ru when none is given.</summary>
    public string[]? GitHosts { get; init; }

    /// <summary>Days that the queue remembers judged work.</summary>
    [Range(1, 36_600)]
    public int KeepWorkDays { get; init; } = 30;

    /// <summary>Days after judging that messages of compilers and errors of programs are kept, and closed rejudges.</summary>
    [Range(1, 36_600)]
    public int KeepOutputsDays { get; init; } = 365;

    internal IReadOnlyList<string> Hosts => GitHosts is { Length: > 0 } hosts ? hosts : KnownHosts;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var host in Hosts.Where(host => Uri.CheckHostName(host) != UriHostNameType.Dns))
            yield return new($"Assignments:GitHosts: '{host}' is not the name of a host, such as github.com.", [nameof(GitHosts)]);
    }
}
