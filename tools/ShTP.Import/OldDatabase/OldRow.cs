using System.Globalization;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace ShTP.Import.OldDatabase;

/// <summary>A row of the old database with columns of any type; records the values that could not be converted.</summary>
internal sealed class OldRow
{
    private const int MaxShown = 200;

    private readonly OldTable _table;
    private readonly JsonElement _fields;
    private readonly List<string> _changes = [];
    private readonly List<string> _faults = [];

    public OldRow(OldTable table, string json)
    {
        _table = table;
        try
        {
            using var document = JsonDocument.Parse(json);
            _fields = document.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            _fields = JsonSerializer.SerializeToElement(new { });
            Refuse("row", $"cannot be read: {fault.Message}");
        }

        Key = TextOrNull(OldTable.Key) ?? "";
        if (Key.Length == 0)
            Refuse(OldTable.Key, "empty");
        Id = StableIds.Of(table.Name, Key);
    }

    /// <summary>The key in the old database.</summary>
    public string Key { get; }

    /// <summary>The id in the new system.</summary>
    public Guid Id { get; }

    public IReadOnlyList<string> Changes => _changes;

    public IReadOnlyList<string> Faults => _faults;

    public void Change(string column, string what) => _changes.Add($"{column}: {what}");

    public void Refuse(string column, string why) => _faults.Add($"{column}: {why}");

    /// <summary>Whether the row's user was deleted in the new system.</summary>
    public bool IsOfDeleted { get; private set; }

    /// <summary>Refuses the row of a user who does not exist. For a deleted user it is not a fault.</summary>
    public void RefuseUser(string column, string why, bool isDeleted)
    {
        Refuse(column, isDeleted ? "the user was deleted in the new system" : why);
        IsOfDeleted = isDeleted;
    }

    /// <summary>Null for NULL and for a missing column.</summary>
    public string? TextOrNull(string column) => Find(column) is { } value ? TextOf(column, value) : null;

    public string Text(string column) => TextOrNull(column) ?? "";

    public int Number(string column, int ifNone)
    {
        if (TextOrNull(column) is not { } text)
            return Instead(column, "NULL", ifNone);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : Instead(column, text, ifNone);
    }

    public bool? Bool(string column) => TextOrNull(column)?.ToLowerInvariant() switch
    {
        null => null,
        "true" or "t" or "1" => true,
        "false" or "f" or "0" => false,
        var text => Instead<bool?>(column, text, false),
    };

    /// <summary>The id of a row of another table; null for none.</summary>
    public Guid? Reference(string column, OldTable other) => TextOrNull(column) is { Length: > 0 } key ? StableIds.Of(other.Name, key) : null;

    /// <summary>A name, or its index as a number.</summary>
    public int Choice(string column, IReadOnlyList<string> names, int ifNone)
    {
        var text = TextOrNull(column)?.Trim() ?? "NULL";
        // An enum of Python is stored by its name or its value, or printed as Type.NAME.
        var name = text[(text.LastIndexOf('.') + 1)..];
        for (var i = 0; i < names.Count; i++)
        {
            if (name.Equals(names[i], StringComparison.OrdinalIgnoreCase) || name == i.ToString(CultureInfo.InvariantCulture))
                return i;
        }

        Change(column, $"'{Short(text)}' became {names[ifNone]}");
        return ifNone;
    }

    /// <summary>Times without zone are UTC. Null for NULL, and with a remark for other text.</summary>
    public Timestamp? TimeOrNull(string column)
    {
        if (TextOrNull(column) is not { } text)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return Timestamp.FromDateTimeOffset(time);
        Change(column, $"'{Short(text)}' is no time");
        return null;
    }

    public Timestamp CreatedAt()
    {
        if (TimeOrNull(OldTable.CreatedAt) is { } time)
            return time;
        // Not the current time: a row that is sent again must be equal.
        Change(OldTable.CreatedAt, "unknown, now 1970-01-01");
        return Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);
    }

    public Timestamp UpdatedAt(Timestamp createdAt) => TimeOrNull(OldTable.UpdatedAt) ?? createdAt;

    /// <summary>A JSON column, or JSON in a text column; null for NULL, and with a remark for other text.</summary>
    public JsonElement? Json(string column)
    {
        if (Find(column) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return value;
        try
        {
            using var document = JsonDocument.Parse(TextOf(column, value) ?? "");
            return document.RootElement.ValueKind == JsonValueKind.Null ? null : document.RootElement.Clone();
        }
        catch (JsonException)
        {
            Change(column, $"'{Short(value.GetRawText())}' is no JSON");
            return null;
        }
    }

    /// <summary>Ids of rows of another table in an array or JSON column.</summary>
    public IReadOnlyList<Guid> References(string column, OldTable other)
    {
        if (Json(column) is not { } list)
            return [];
        if (list.ValueKind == JsonValueKind.Array)
            return [.. list.EnumerateArray().Select(item => StableIds.Of(other.Name, item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()))];
        Change(column, $"'{Short(list.GetRawText())}' is no list");
        return [];
    }

    public static string Short(string text) => text.Length > MaxShown ? text[..MaxShown] + "…" : text;

    private JsonElement? Find(string column) =>
        _fields.TryGetProperty(column, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    private string? TextOf(string column, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value.GetRawText();
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            Change(column, $"{Short(value.GetRawText())} is no Unicode");
            return null;
        }
    }

    private T Instead<T>(string column, string text, T ifNone)
    {
        Change(column, $"'{Short(text)}' became {ifNone}");
        return ifNone;
    }
}
