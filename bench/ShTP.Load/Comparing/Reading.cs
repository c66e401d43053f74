namespace ShTP.Load.Comparing;

/// <summary>One reading of one system: a figure by its name, lower is better.</summary>
internal sealed class Reading
{
    private readonly List<(string Name, string Unit, double Value)> _figures = [];

    public IReadOnlyList<(string Name, string Unit, double Value)> Figures => _figures;

    public void Add(string name, string unit, double value) => _figures.Add((name, unit, value));
}
