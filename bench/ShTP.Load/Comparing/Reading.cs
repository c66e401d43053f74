using System.Diagnostics;
using System.Globalization;

namespace ShTP.Load.Comparing;

/// <summary>One reading of one system: a figure by its name, lower is better. Each is printed when it is read.</summary>
internal sealed class Reading
{
    private readonly List<(string Name, string Unit, double Value)> _figures = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public IReadOnlyList<(string Name, string Unit, double Value)> Figures => _figures;

    public void Add(string name, string unit, double value)
    {
        _figures.Add((name, unit, value));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {_watch.Elapsed.TotalSeconds,5:F0} s  {name}: {value:F1} {unit}"));
    }
}
