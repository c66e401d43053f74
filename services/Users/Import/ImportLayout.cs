using System.Collections.Frozen;
using ShTP.Rpc.Errors;
using ShTP.Rpc.Text;

namespace ShTP.Users.Import;

/// <summary>The position of each column in a file.</summary>
internal sealed class ImportLayout
{
    private static readonly ImportColumn[] All = Enum.GetValues<ImportColumn>();

    private static readonly FrozenSet<ImportColumn> Optional = new[] { ImportColumn.Role, ImportColumn.LearningClass }.ToFrozenSet();

    private static readonly FrozenDictionary<string, ImportColumn> Names = new Dictionary<string, ImportColumn>
    {
        ["firstname"] = ImportColumn.FirstName,
        ["имя"] = ImportColumn.FirstName,
        ["lastname"] = ImportColumn.LastName,
        ["фамилия"] = ImportColumn.LastName,
        ["email"] = ImportColumn.Email,
        ["mail"] = ImportColumn.Email,
        ["почта"] = ImportColumn.Email,
        ["эл.почта"] = ImportColumn.Email,
        ["электроннаяпочта"] = ImportColumn.Email,
        ["role"] = ImportColumn.Role,
        ["роль"] = ImportColumn.Role,
        ["password"] = ImportColumn.Password,
        ["пароль"] = ImportColumn.Password,
        ["learningclass"] = ImportColumn.LearningClass,
        ["class"] = ImportColumn.LearningClass,
        ["класс"] = ImportColumn.LearningClass,
        ["groupname"] = ImportColumn.GroupName,
        ["group"] = ImportColumn.GroupName,
        ["группа"] = ImportColumn.GroupName,
    }.ToFrozenDictionary();

    private readonly Dictionary<ImportColumn, int> _places;

    /// <summary>Number of leading header names from which the rows above count as titles.</summary>
    private const int MinNamed = 3;

    private ImportLayout(Dictionary<ImportColumn, int> places, int width, bool hasHeader) =>
        (_places, Width, HasHeader) = (places, width, hasHeader);

    /// <summary>How many cells a row has.</summary>
    public int Width { get; }

    /// <summary>Whether the first record is a header.</summary>
    public bool HasHeader { get; }

    /// <summary>Number of title rows above the header; 0 without a header or with users above it.</summary>
    public static int CountTitles(IReadOnlyList<ImportRecord> records)
    {
        for (var i = 0; i < Math.Min(records.Count, ImportFile.MaxTitles) && !IsUser(records[i].Cells); i++)
        {
            if (records[i].Cells.Count(cell => Names.ContainsKey(Normalize(cell))) >= MinNamed)
                return i;
        }

        return 0;
    }

    /// <summary>Reads the first record as a header, or uses the layout of the old system.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT when a header lacks a required column or has one twice.</exception>
    public static ImportLayout Of(string[] first)
    {
        var named = first.Select(cell => Names.TryGetValue(Normalize(cell), out var column) ? column : (ImportColumn?)null).ToArray();
        var stands = named.Where((column, place) => column is { } known && (int)known != place).Any();
        if (first.Length == All.Length && !stands)
            return new(All.ToDictionary(column => column, column => (int)column), All.Length, hasHeader: named.Any(column => column is not null) || !IsUser(first));
        if (named.All(column => column is null))
            return new(All.ToDictionary(column => column, column => (int)column), All.Length, hasHeader: !IsUser(first));

        var places = new Dictionary<ImportColumn, int>();
        foreach (var (place, column) in named.Index())
        {
            if (column is { } known && !places.TryAdd(known, place))
                throw RpcErrors.InvalidField(ImportFile.Field, $"the header has the column {NameOf(known)} twice");
        }

        var missing = All.Where(column => !places.ContainsKey(column) && !Optional.Contains(column)).Select(NameOf).ToList();
        if (missing.Count > 0)
            throw RpcErrors.InvalidField(ImportFile.Field, $"the header lacks the column {string.Join(", ", missing)}");
        return new(places, first.Length, hasHeader: true);
    }

    /// <summary>Whether a row has a cell for every required column, and no more after the last one.</summary>
    public bool Fits(string[] cells) =>
        _places.All(column => column.Value < cells.Length || Optional.Contains(column.Key)) && !cells.Skip(Width).Any(cell => cell.Length > 0);

    /// <summary>The name of a column in the layout of the old system.</summary>
    public static string NameOf(ImportColumn column)
    {
        var name = column.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The trimmed cell; empty when the file has no such column.</summary>
    public string Cell(string[] record, ImportColumn column) => Raw(record, column).Trim();

    /// <summary>The unchanged cell.</summary>
    public string Raw(string[] record, ImportColumn column) => _places.TryGetValue(column, out var place) && place < record.Length ? record[place] : "";

    // The first line of an old file is a header. In a file without a header it is a user and must not be lost.
    private static bool IsUser(string[] record) =>
        record.Length > (int)ImportColumn.Email && EmailAddress.TryNormalize(record[(int)ImportColumn.Email].Trim(), out _);

    private static string Normalize(string cell) =>
        string.Concat(cell.Where(c => !char.IsWhiteSpace(c) && c is not ('_' or '-'))).ToLowerInvariant();
}
