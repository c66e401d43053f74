using System.Globalization;

namespace ShTP.Load.Comparing;

/// <summary>This working tree against another commit: both in turn, each alone on the machine, with the same school and load.</summary>
internal static class Comparison
{
    private const int Rounds = 5;

    /// <param name="commit">The other one.</param>
    /// <param name="rounds">Of both systems; at least five for figures that are written down.</param>
    public static async Task RunAsync(string commit, int rounds = Rounds)
    {
        Console.WriteLine($"building {commit}");
        var other = await Worktree.BuildAsync(Measured.Repository, "compare", commit, "-c", "Release");
        var readings = new List<(Reading Ours, Reading Other)>();
        for (var round = 1; round <= rounds; round++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round} of {rounds}"));
            // In turn who is first: the machine is warmer for the second.
            var isOursFirst = round % 2 == 1;
            var first = await SystemReading.ReadAsync(isOursFirst ? null : other);
            var second = await SystemReading.ReadAsync(isOursFirst ? other : null);
            readings.Add(isOursFirst ? (first, second) : (second, first));
            Print(readings, commit);
        }
    }

    private static void Print(List<(Reading Ours, Reading Other)> readings, string commit)
    {
        Console.WriteLine($"| what | unit | ours | {commit} | ratio (min..max) |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        foreach (var name in readings.SelectMany(pair => pair.Ours.Figures.Concat(pair.Other.Figures)).Select(figure => (figure.Name, figure.Unit)).Distinct())
        {
            var pairs = readings.Select(pair => (Ours: Find(pair.Ours, name.Name), Other: Find(pair.Other, name.Name))).ToList();
            var ratios = pairs.Where(pair => pair.Other > 0).Select(pair => pair.Ours / pair.Other).Order().ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name.Name} | {name.Unit} | {Median(pairs.Select(pair => pair.Ours)):F1} | {Median(pairs.Select(pair => pair.Other)):F1} | {(ratios.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):F2} ({ratios[0]:F2}..{ratios[^1]:F2})") : "")} |"));
        }
    }

    private static double Find(Reading reading, string name) => reading.Figures.FirstOrDefault(figure => figure.Name == name).Value;

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
