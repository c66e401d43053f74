namespace ShTP.Users.Profiles;

/// <summary>
/// Grams of one to three characters. The search finds its candidates by an index of them, also for queries that are
/// shorter than a trigram. The counterpart of the SQL function <c>shtp_grams</c> of the first migration.
/// </summary>
internal static class SearchGrams
{
    private const int Longest = 3;

    /// <summary>The grams of every text that contains the query; empty for an empty query.</summary>
    public static string[] Of(string query)
    {
        // PostgreSQL counts code points, not UTF-16 units.
        var runes = query.EnumerateRunes().Select(rune => rune.ToString()).ToArray();
        if (runes.Length == 0)
            return [];
        if (runes.Length < Longest)
            return [query];
        return [.. Enumerable.Range(0, runes.Length - Longest + 1).Select(start => string.Concat(runes.AsSpan(start, Longest)!)).Distinct()];
    }
}
