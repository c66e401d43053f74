using ShTP.Localization;

namespace ShTP.Users.Import;

/// <summary>The faults of the rows of a file, in order, one sentence each.</summary>
internal sealed class ImportFaults
{
    private const int MaxCount = 1000;
    private const int MaxEmail = 100;

    private readonly List<(int Row, string Text)> _faults = [];

    public bool Any => _faults.Count > 0;

    /// <summary>A fault of a cell, with the row's e-mail when it has one.</summary>
    public void Add(int row, string email, ImportColumn column, LocalizedText reason) =>
        Add(row, $"{NameOf(row, email)}, column {ImportLayout.NameOf(column)}: {reason}");

    /// <summary>A fault of the whole row.</summary>
    public ImportRow? Add(int row, string email, LocalizedText reason)
    {
        _faults.Add((row, $"{NameOf(row, email)}: {reason}"));
        return null;
    }

    /// <summary>At most 1,000; the last one then has the total number.</summary>
    public IEnumerable<string> Sentences()
    {
        var sentences = _faults.OrderBy(fault => fault.Row).Select(fault => fault.Text);
        return _faults.Count <= MaxCount ? sentences : sentences.Take(MaxCount - 1).Append(((LocalizedText)$"{_faults.Count} faults in all").ToString());
    }

    private void Add(int row, LocalizedText fault) => _faults.Add((row, fault.ToString()));

    private static LocalizedText NameOf(int row, string email) => email.Length == 0
        ? (LocalizedText)$"Row {row}"
        : (LocalizedText)$"Row {row} ({(email.Length > MaxEmail ? $"{email[..MaxEmail]}…" : email)})";
}
