using System.Text.RegularExpressions;
using ShTP.Testing;

namespace ShTP.AppHost.Tests.Deployment.Containers;

/// <summary>The commands of "A tour in five minutes" in the README, as they are written there.</summary>
internal static partial class ReadmeTour
{
    /// <summary>A script of the first four blocks, for another address and password.</summary>
    public static string Script(Uri gateway, string email, string password)
    {
        var readme = File.ReadAllText(Repository.PathOf("README.md"));
        var tour = readme[readme.IndexOf("## A tour in five minutes", StringComparison.Ordinal)..readme.IndexOf("## Where things are", StringComparison.Ordinal)];
        var blocks = Block().Matches(tour).Select(match => match.Groups[1].Value).Take(4);
        return "set -u\ntrap 'kill $(jobs -p)' EXIT\n" + string.Join('\n', blocks)
            .Replace("http://localhost:8080/", gateway.ToString(), StringComparison.Ordinal)
            .Replace("admin@shtp.local", email, StringComparison.Ordinal)
            .Replace("<printed password>", password, StringComparison.Ordinal);
    }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
