using System.Text.RegularExpressions;
using ShTP.Assignments.Submissions;
using ShTP.Rpc.Errors;

namespace ShTP.Assignments.Contests;

/// <summary>
/// Links of repositories: https, a known host and a path. White space around the link is removed. A link of a page of
/// the repository, such as a branch or a file, means the repository. The checker verifies the address of the host.
/// </summary>
internal static partial class RepositoryLink
{
    private const int MinSegments = 2;
    private const int MaxSegments = 8;

    // Often copied along with a link from a chat or a document.
    private static readonly char[] Invisible = ['\u200B', '\u2060', '\uFEFF'];

    /// <summary>Records the faults and returns the link as it is stored.</summary>
    public static string Check(FieldChecks checks, string link, IReadOnlyList<string> hosts, string field)
    {
        link = Page().Replace(link.Trim().Trim(Invisible), "${repository}");
        checks.Text(link, 1, Submission.MaxRepositoryLength, field);
        if (link.Length is 0 or > Submission.MaxRepositoryLength)
            return "";
        // Checks the text itself: a link that a parser would correct is refused.
        var match = Link().Match(link);
        if (!match.Success || !hosts.Contains(match.Groups["host"].Value, StringComparer.OrdinalIgnoreCase))
        {
            checks.Add(field, $"must be an https link to a repository on {string.Join(", ", hosts)}");
            return "";
        }

        var segments = match.Groups["path"].Value.Trim('/').Split('/');
        if (segments.Length is < MinSegments or > MaxSegments || segments.Any(segment => segment.Trim('.').Length == 0 || segment.StartsWith('-')))
            checks.Add(field, "must be the link of a repository");
        return $"https://{match.Groups["host"].Value.ToLowerInvariant()}/{string.Join('/', segments)}";
    }

    // GitLab puts a dash before its pages, because its groups nest. On other hosts the third segment of the path is a page.
    [GeneratedRegex(
        @"\A(?<repository>https://(?:[^/]+(?:/[^/]+){2,7}?(?=/-/)|(?![^/]*gitlab)[^/]+/[^/]+/[^/]+(?=/(?:tree|blob|raw|blame|edit|src|content|commits?|branches|tags|releases|issues|pulls?|actions|wiki)(?:/|\z))))/.*\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Page();

    [GeneratedRegex(@"\Ahttps://(?<host>[A-Za-z0-9.-]+)(?<path>(/[A-Za-z0-9._~-]+)+/?)\z", RegexOptions.NonBacktracking)]
    private static partial Regex Link();
}
