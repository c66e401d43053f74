namespace ShTP.Users.Import;

/// <summary>What is wrong with the rows of a file, in the file's order, one sentence each.</summary>
internal sealed class ImportFaults
{
    private const int MaxCount = 1000;

    private readonly List<(int Row, string Text)> faults = [];

    public bool Any => faults.Count > 0;

    public void Add(int row, ImportColumn column, string reason) =>
        faults.Add((row, $"Row {row}, column {ImportLayout.NameOf(column)}: {reason}"));

    /// <summary>A fault of the row as a whole; there is no row then.</summary>
    public ImportRow? Add(int row, string reason)
    {
        faults.Add((row, $"Row {row}: {reason}"));
        return null;
    }

    /// <summary>At most 1,000; the last one then says how many there are.</summary>
    public IEnumerable<string> Sentences()
    {
        var sentences = faults.OrderBy(fault => fault.Row).Select(fault => fault.Text);
        return faults.Count <= MaxCount ? sentences : sentences.Take(MaxCount - 1).Append($"{faults.Count} faults in all");
    }
}
