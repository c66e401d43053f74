using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ShTP.AppHost.Tests;

/// <summary>The settings that docs/settings.md describes.</summary>
internal static partial class SettingsDocument
{
    /// <summary>The keys of the tables, with * for names and without the numbers of lists.</summary>
    public static IEnumerable<string> Keys() => Read();

    /// <summary>Whether a documented key is that of a setting.</summary>
    public static bool AreSame(string documented, string setting)
    {
        var (one, other) = (Index().Replace(documented, "").Split(':'), Index().Replace(setting, "").Split(':'));
        return one.Length == other.Length && one.Zip(other).All(pair => pair.First == pair.Second || pair.First == "*" || (pair.First.StartsWith('*') && pair.Second.EndsWith(pair.First[1..], StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Read([CallerFilePath] string source = "")
    {
        var document = File.ReadAllLines(Path.Combine(Path.GetDirectoryName(source)!, "../../docs/settings.md"));
        foreach (var row in document.Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            var previous = "";
            foreach (Match match in Code().Matches(row.Split('|')[1]))
            {
                var key = match.Groups[1].Value;
                if (key.StartsWith("...:", StringComparison.Ordinal) || (previous.Contains(':', StringComparison.Ordinal) && !key.Contains(':', StringComparison.Ordinal)))
                    key = $"{previous[..previous.LastIndexOf(':')]}:{key.Split(':')[^1]}";
                previous = key;
                // The rows of the classes of rate limits are names, not keys.
                if (key is not ("Ordinary" or "Login" or "Upload" or "Expensive"))
                    yield return Name().Replace(key, "*");
            }
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("<[a-z]+>")]
    private static partial Regex Name();

    [GeneratedRegex(":[0-9]+$")]
    private static partial Regex Index();
}
