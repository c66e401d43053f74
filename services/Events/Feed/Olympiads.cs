using System.Globalization;
using System.Text.RegularExpressions;

namespace ShTP.Events.Feed;

/// <summary>Finds the classes of an olympiad in the texts of the source.</summary>
internal static partial class Olympiads
{
    public const int MaxClass = 11;

    private const int Everyone = (1 << (MaxClass + 1)) - 2;

    /// <summary>The bit of a class in <see cref="FeedEntry.OlympiadClasses"/>.</summary>
    public static int Bit(int learningClass) => 1 << learningClass;

    /// <summary>
    /// The classes in the audience as bits: numbers ("для 10 класса") and ranges ("9-11 классы", "с 5 по 8"). All
    /// classes when there is no number, 0 when the title is not that of an olympiad.
    /// </summary>
    public static int ClassesOf(string title, string audience)
    {
        if (!title.Contains("олимпиад", StringComparison.OrdinalIgnoreCase))
            return 0;
        var numbers = Numbers().Matches(audience);
        if (numbers.Count == 0)
            return Everyone;
        var classes = 0;
        foreach (Match match in numbers)
        {
            var first = Number(match.Groups["first"]);
            var last = match.Groups["last"].Success ? Number(match.Groups["last"]) : first;
            for (var number = Math.Min(first, last); number <= Math.Max(first, last); number++)
                classes |= number is >= 1 and <= MaxClass ? Bit(number) : 0;
        }

        return classes;
    }

    private static int Number(Group group) => int.Parse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture);

    // Not parts of longer numbers, such as a year. Both hyphens and dashes make ranges; "9-го" is a number.
    [GeneratedRegex(
        @"(?<![0-9])(?<first>[0-9]{1,2})(?![0-9])(?:(?:-?(?:го|й|х|ый|ого))?\s*(?:[-‐‑–—−]|\bпо\b|\bдо\b)\s*(?<last>[0-9]{1,2})(?![0-9]))?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
