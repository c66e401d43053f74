namespace ShTP.ServiceDefaults.Configuration;

/// <summary>Finds the known word that a misspelt one most likely stands for.</summary>
internal static class Spelling
{
    /// <summary>The candidate that is nearest to a text, when it is near enough.</summary>
    public static string? Nearest(string text, IEnumerable<string> candidates, int most) => candidates
        .Select(candidate => (Text: candidate, Distance: Distance(text.ToUpperInvariant(), candidate.ToUpperInvariant())))
        .Where(candidate => candidate.Distance <= most)
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Text)
        .FirstOrDefault();

    // Levenshtein: characters to insert, delete or replace.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = corner + (one[i - 1] == other[j - 1] ? 0 : 1);
                (corner, row[j]) = (row[j], Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1));
            }
        }

        return row[^1];
    }
}
